import {
  errorEntry,
  type EmitEvent,
  type LoopEvent,
  type PathEnded,
  type PathReason,
  type RunRecord,
  TidegateError,
} from '@tidegate/formats';
import { type Live, type Project, revisionOf, runProject } from '../project/index.ts';
import { commitLock } from './commit-lock.ts';
import { failureOf } from './failure-of.ts';
import { endOfRun, outcomeOf } from './outcome.ts';
import { tellNotices } from './source-keeper.ts';

export interface Way {
  readonly commit: string;
  /** `gate`, or an environment. */
  readonly goal: string;
  readonly why: PathReason;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
  readonly note: (what: LoopEvent) => void;
}

export type WayEnd = Pick<PathEnded, 'commit' | 'runs' | 'outcome' | 'verdict' | 'exit' | 'failure' | 'live'>;

/**
 * Takes a commit along the path: as far as the gate; when it passes and moved `tidegate.lock`, commits that; then takes that commit
 * on to the goal, for which everything is in the cache. Doing it again does nothing that is done. What goes wrong is in the value, except
 * bugs of ours.
 */
export async function takePath(open: () => Promise<Project>, way: Way): Promise<WayEnd> {
  const { commit, goal, why, note } = way;
  const start: WayEnd = { commit, runs: [], outcome: 'passed', verdict: null, exit: 0, failure: null, live: [] };
  try {
    using project = await open();
    const gate = await run(project, { ...way, goal: 'gate' });
    const passed = { ...start, ...endOf(gate.record, commit), runs: [gate.record.id] };
    if (passed.outcome !== 'passed') return passed;
    if (await isElsewhere(project, commit)) return { ...passed, outcome: 'overtaken' };
    const locked = await commitLock(project, { run: gate.record.id, reason: why });
    if (locked !== null) note({ kind: 'lock-committed', ...locked });
    const pinned = { ...passed, commit: locked?.commit ?? commit };
    if (goal === 'gate') return pinned;
    if (locked !== null && locked.parent !== commit) return { ...pinned, outcome: 'overtaken' };
    if (await isElsewhere(project, pinned.commit)) return { ...pinned, outcome: 'overtaken' };
    const whole = await run(project, way);
    return { ...pinned, ...endOf(whole.record, pinned.commit), runs: [gate.record.id, whole.record.id], live: whole.live };
  } catch (error) {
    return { ...start, ...endByError(error, way.signal) };
  }
}

async function run(
  project: Project,
  { goal, signal, emit, note }: Pick<Way, 'goal' | 'signal' | 'emit' | 'note'>,
): Promise<{ readonly record: RunRecord; readonly live: readonly Live[] }> {
  const ended = await runProject(project, {
    goal,
    only: [],
    force: [],
    jobs: null,
    again: false,
    signal,
    emit: (event) => {
      emit(event);
      if (event.kind === 'source-notices') tellNotices(project, { ...event, readRows: 1 }, note);
    },
  });
  if (ended.notShared !== null) {
    const { code, message, hint } = ended.notShared;
    note({ kind: 'share-failed', failure: { code, message, hint } });
  }
  return ended;
}

/** Whether the head or the tree is no longer what the run was about. */
async function isElsewhere(project: Project, commit: string): Promise<boolean> {
  const now = await revisionOf(project);
  return now.commit !== commit || now.dirty;
}

function endOf(record: RunRecord, commit: string): Pick<WayEnd, 'outcome' | 'verdict' | 'exit' | 'failure'> {
  const { exit, failure } = endOfRun(record);
  const found = { verdict: record.verdict, exit, failure };
  const wasElsewhere = record.commit !== commit || record.dirty;
  return { ...found, outcome: wasElsewhere ? 'overtaken' : outcomeOf(exit, failure?.code ?? null) };
}

function endByError(error: unknown, signal: AbortSignal): Pick<WayEnd, 'outcome' | 'exit' | 'failure'> {
  if (signal.aborted) return { outcome: 'cancelled', exit: 130, failure: null };
  const failure = failureOf(error);
  const exit = error instanceof TidegateError ? errorEntry(error.diagnostics[0].code).exit : 70;
  return { outcome: outcomeOf(exit, failure.code), exit, failure };
}
