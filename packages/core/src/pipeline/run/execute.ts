import type { EmitEvent, RunRecord, RunStatus, StepName, StepRecord, Verdict } from '@tidegate/formats';
import { fanOutOf, TidegateError, worstVerdict } from '@tidegate/formats';
import { concurrently } from '../../platform/index.ts';
import { type FileDigests, fileDigests } from '../../store/index.ts';
import type { EngineParts } from '../engine-parts.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';
import { removeOldLogs } from '../logs/old-logs.ts';
import { openPublishing, type Publication } from '../tree/publish.ts';
import { recoverDeadRuns } from './recover.ts';
import { capacityFor } from './capacity.ts';
import { refuseImpossible } from './refuse-impossible.ts';
import { isStopping, type RunInProgress } from './run-in-progress.ts';
import { beginRun, endRun, type NewRun } from '../runs.ts';
import { safeEmit } from './safe-emit.ts';
import { schedule } from './schedule.ts';
import { selectSteps, type StepSelection } from '../graph/select-steps.ts';
import { takeSnapshot } from '../inputs/snapshot.ts';
import type { StepNode } from '../step-kind.ts';
import { hasResult, isBlocking } from './step-record.ts';
import { visitStep } from './visit-step.ts';
import { removeOldWorkspaces, removeWorkspaces } from '../tree/workspace.ts';

export interface RunOptions extends StepSelection, Omit<NewRun, 'project'> {
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
  /** Cores that steps may occupy at once. Default: those of the machine. */
  readonly cpus?: number;
  /** After a failure, go on with what does not need the failed step. Default: steps that run are finished, none is begun. */
  readonly keepGoing?: boolean;
  /** Steps to run although they have a result. */
  readonly force?: 'all' | readonly StepName[];
  /** Whether a result that a forced step makes takes the place of the one that is there when they differ. Default false: the earlier one counts. */
  readonly replace?: boolean;
  /** Whether outputs are put into the user's tree. Default true. */
  readonly publish?: boolean;
}

/**
 * Runs a plan: takes what is in the cache, runs the rest, puts outputs into the user's tree. The graph and the project's files are
 * read once, at the start. A step that fails or does not pass is in the record, not thrown.
 *
 * @throws what {@link buildGraph}, {@link selectSteps} and {@link takeSnapshot} refuse before anything runs; TG-STORE-DISK-FULL
 */
export async function executeRun(parts: EngineParts, steps: readonly StepNode[], options: RunOptions): Promise<RunRecord> {
  const { state, home, platform, project } = parts;
  const all = buildGraph(steps);
  const selected = selectSteps(all, options);
  const { graph, frozen } = selected;
  const capacity = await capacityFor(parts, graph, options.cpus);
  refuseImpossible(parts, selected, capacity);
  const digests = fileDigests(state, platform.clock);
  const snapshot = await takeSnapshot({
    root: project.root,
    steps: nodesOf(graph),
    allSteps: nodesOf(all),
    digests,
    except: [home.root],
    placeOfInput: parts.placeOfInput,
  });
  await recoverDeadRuns(parts, options.emit);
  await removeOldWorkspaces(home, state, project.name);
  const { commit, dirty, branch, subject, goal } = options;
  const began = platform.clock.elapsed();
  const started = beginRun(state, platform, { project: project.name, commit, dirty, branch, subject, goal });
  const broken = new AbortController();
  const emit = safeEmit(options.emit, broken);
  emit({ kind: 'run-started', run: started.id, goal, steps: graph.order, at: started.startedAt });
  const progress: RunInProgress = {
    parts,
    run: started.id,
    snapshot,
    emit,
    signal: AbortSignal.any([options.signal, broken.signal]),
    keepGoing: options.keepGoing ?? false,
    frozen,
    capacity,
    began,
    records: new Map(),
    workspaces: new Map(),
    removals: new Map(),
    forced: new Set(options.force === 'all' ? graph.order : options.force),
    replace: options.replace ?? false,
    attempts: new Map(),
    earlier: new Map(),
    failedItems: new Map(),
    hasFailed: false,
  };
  try {
    await runSteps(progress, { graph, broken });
    broken.signal.throwIfAborted();
    if (options.publish !== false && !options.signal.aborted) await publishAll(progress, graph, digests);
    const record = await finish(progress, graph, started);
    broken.signal.throwIfAborted();
    return record;
  } catch (error) {
    endRun(state, { ...started, status: 'crashed', steps: stepsOf(progress, graph) });
    throw error;
  }
}

async function runSteps(
  progress: RunInProgress,
  { graph, broken }: { readonly graph: Graph; readonly broken: AbortController },
): Promise<void> {
  await schedule({
    graph,
    capacity: progress.capacity,
    isStopping: () => isStopping(progress),
    signal: progress.signal,
    visit: (name, slot) =>
      visitStep(progress, { graph, node: nodeOf(graph, name), slot }).catch((error: unknown) => {
        broken.abort(error);
        throw error;
      }),
  });
}

function nodesOf(graph: Graph): readonly StepNode[] {
  return [...graph.nodes.values()];
}

function nodeOf(graph: Graph, name: StepName): StepNode {
  const node = graph.nodes.get(name);
  if (node === undefined) throw new Error(`Cannot find "${name}" in its own graph; please report this`);
  return node;
}

/** Enough for the disk to gather their fsyncs. */
const stepsPublishedAtOnce = 16;

/** Also what an earlier run has made: a result that was taken from the cache belongs into the tree as well. */
async function publishAll({ parts, records }: RunInProgress, graph: Graph, digests: FileDigests): Promise<void> {
  const { store, state, project } = parts;
  const publishing = openPublishing({ store, state, digests, root: project.root });
  await concurrently(stepsPublishedAtOnce, stepsOf({ records }, graph), async (record) => {
    const publications = publicationsOf(nodeOf(graph, record.step), record);
    if (publications.length === 0) return;
    try {
      await publishing.put(publications);
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      const [{ code, message, hint }] = error.diagnostics;
      records.set(record.step, { ...record, status: 'failed', failure: { code, message, hint } });
    }
  });
  publishing.settle();
}

function publicationsOf(node: StepNode, record: StepRecord): readonly Publication[] {
  return node.outputs.flatMap(({ name, path, publish: isPublished }) => {
    const artifact = record.outputs[name];
    return isPublished && path !== null && artifact !== undefined ? [{ path, artifact }] : [];
  });
}

async function finish(progress: RunInProgress, graph: Graph, started: RunRecord): Promise<RunRecord> {
  const { parts, run, began, emit } = progress;
  const { clock } = parts.platform;
  const steps = stepsOf(progress, graph);
  const failed = new Set(steps.filter((record) => record.status === 'failed').map((record) => record.step));
  await Promise.all(progress.removals.values());
  await removeWorkspaces(parts.home, run, new Set([...progress.workspaces.keys()].filter((step) => failed.has(step))));
  if (steps.some(({ status }) => status === 'done' || status === 'failed')) await removeOldLogs(parts.home, parts.state);
  const record: RunRecord = {
    ...started,
    endedAt: new Date(clock.now()).toISOString(),
    durationMs: Math.round(clock.elapsed() - began),
    status: statusOf(steps),
    verdict: verdictOf(steps),
    steps,
  };
  endRun(parts.state, record);
  emit({ kind: 'run-finished', record });
  return record;
}

function stepsOf({ records }: Pick<RunInProgress, 'records'>, graph: Graph): readonly StepRecord[] {
  return graph.order.flatMap((name) => records.get(name) ?? []);
}

function statusOf(steps: readonly StepRecord[]): RunStatus {
  if (steps.some((record) => record.status === 'failed' && !isAllowed(record, steps))) return 'failed';
  if (steps.some((record) => record.status === 'cancelled')) return 'cancelled';
  return steps.some((record) => record.status === 'blocked' || (hasResult(record) && isBlocking(record))) ? 'stopped' : 'succeeded';
}

/** A failed item of a fan-out that came to a result without it. */
function isAllowed({ step }: StepRecord, steps: readonly StepRecord[]): boolean {
  const fanOut = fanOutOf(step);
  return fanOut !== null && steps.some((record) => record.step === fanOut && hasResult(record));
}

/** The worst of what must pass; null when nothing of that sort was measured. */
function verdictOf(steps: readonly StepRecord[]): Verdict | null {
  const verdicts = steps.flatMap((record) => record.evidence).flatMap((evidence) => (evidence.blocking ? [evidence.verdict] : []));
  return verdicts.length === 0 ? null : worstVerdict(verdicts);
}
