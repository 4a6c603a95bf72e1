import { failure, isRunId, type RunRecord } from '@tidegate/formats';
import { type RunInBrief, runsInBrief, runsOf, type RunsWanted } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';

/** The runs of the project without their steps, newest first: thousands are listed as quickly as one. */
export function listRunsInBrief({ state, name }: Project, wanted: Omit<RunsWanted, 'project'>): readonly RunInBrief[] {
  return runsInBrief(state, { ...wanted, project: name });
}

/**
 * A run by its id, the first or last characters of it that no other run has, `last`, or `last-1` for the one before it.
 * @throws TG-CLI-NOT-FOUND
 */
export function requireRun({ state, name }: Project, text: string): RunRecord {
  const exact = isRunId(text) ? runsOf(state).get(text) : null;
  if (exact?.project === name) return exact;
  const back = /^last(?:-(\d{1,4}))?$/.exec(text);
  const ids = runsInBrief(state, { project: name, limit: back === null ? Infinity : Number(back[1] ?? 0) + 1 }).map(({ id }) => id);
  const found = back === null ? ids.filter((id) => id.startsWith(text) || id.endsWith(text)) : ids.slice(Number(back[1] ?? 0));
  const [id] = found;
  const run = id === undefined || found.length > 1 || text === '' ? null : runsOf(state).get(id);
  if (run !== null) return run;
  const several = found.length > 1;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find run "${text}": ${several ? `${found.length} runs are called so` : 'the project has no such run'}`,
    several ? `Write which: ${found.slice(0, 4).join(', ')}` : 'Run "tidegate runs" for the runs there are',
  );
}
