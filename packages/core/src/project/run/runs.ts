import { isRunId, type RunRecord } from '@tidegate/formats';
import { harmless, runsOf, stepLog as logFile } from '../../pipeline/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import type { Project } from '../project.ts';

/** More runs than anybody looks at; the story of a project stays readable. */
const mostRuns = 500;

/** The runs of the project, newest first. */
export function listRuns({ state, name }: Project): readonly RunRecord[] {
  return runsOf(state).list({ project: name, limit: mostRuns });
}

/** @returns null when the project has no run of that name */
export function findRun({ state, name }: Project, id: string): RunRecord | null {
  const run = isRunId(id) ? runsOf(state).get(id) : null;
  return run?.project === name ? run : null;
}

export function lastRun({ state, name }: Project): RunRecord | null {
  return runsOf(state).list({ project: name, limit: 1 })[0] ?? null;
}

/** What a step printed when it last ran, control characters made harmless; null when it never ran. */
export async function stepLog(project: Project, step: string): Promise<string | null> {
  for (const run of listRuns(project)) {
    const record = run.steps.find((candidate) => candidate.step === step && (candidate.status === 'done' || candidate.status === 'failed'));
    if (record === undefined) continue;
    const text = await readTextIfThere(logFile(project.home, run.id, record.step));
    return (text ?? '').split('\n').map(harmless).join('\n');
  }
  return null;
}
