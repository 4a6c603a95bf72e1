import { join } from 'node:path';
import { type EmitEvent, type RunReplay, type RunRecord, type StepName } from '@tidegate/formats';
import { differences, findKeyRecord, type StepNode } from '../../pipeline/index.ts';
import { isoTime, mkdtemp, rm, tmpdir } from '../../platform/index.ts';
import { engineParts } from '../engine-parts.ts';
import { projectNodes, stepsNamed } from '../nodes.ts';
import type { Project } from '../project.ts';
import { requireRun } from '../run/run-history.ts';
import { runProject } from '../run/run-project.ts';
import { compareReplay, ownDifferences } from './compare-replay.ts';
import { openReplay, placeData } from './open-replay.ts';
import { cannot, rebuildTree } from './rebuild-tree.ts';

export interface RunReplayRequest {
  /** As {@link requireRun} takes it. */
  readonly run: string;
  /** Only this step and what it needs; null = every step that the run had. */
  readonly step: string | null;
  /** Whether the rebuilt project stays where it was made. */
  readonly keep: boolean;
  readonly jobs: number | null;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/**
 * Rebuilds a run in a clean place and compares what comes out: its commit, its uncommitted changes where the store has them, its dataset
 * versions, an empty cache. Nothing of the user's tree and home is changed, but that virtual environments which are not there are built.
 *
 * @throws TG-CLI-NOT-FOUND; TG-PIPELINE-REPLAY when what the run was made from cannot be had any more
 */
export async function replayRun(project: Project, request: RunReplayRequest): Promise<RunReplay> {
  const run = requireRun(project, request.run);
  if (run.status === 'running' || run.status === 'crashed')
    throw cannot(
      run,
      run.status === 'running' ? 'it goes on' : 'it was killed before its end',
      'Wait for it, or replay another: tidegate runs',
    );
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-replay-'));
  try {
    const tree = await rebuildTree(project, run, join(folder, 'repository'));
    using replay = await openReplay(project, run, tree, folder);
    return await rebuild({ project, replay, run, commit: tree.commit }, request, folder);
  } finally {
    if (!request.keep) await rm(folder, { recursive: true, force: true });
  }
}

interface Rebuilding {
  readonly project: Project;
  readonly replay: Project;
  readonly run: RunRecord;
  readonly commit: string;
}

async function rebuild(
  { project, replay, run, commit }: Rebuilding,
  { step, keep, jobs, signal, emit }: RunReplayRequest,
  folder: string,
): Promise<RunReplay> {
  const { clock } = project.platform;
  const [replayedAt, began] = [isoTime(clock), clock.elapsed()];
  const data = await placeData(replay, run);
  const nodes = await projectNodes(replay);
  const only = step === null ? partOf(nodes, run) : stepsNamed(nodes, [step]);
  const { record } = await runProject(replay, {
    goal: 'gate',
    only,
    force: [],
    jobs,
    again: false,
    pins: 'leave',
    share: false,
    keepGoing: true,
    signal,
    emit,
  });
  signal.throwIfAborted();
  const kinds = new Map(engineParts(replay).kinds.map((kind) => [kind.kind, kind]));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const compared = compareReplay({
    before: run,
    after: record,
    wanted: step === null ? null : new Set(record.steps.map((one) => one.step)),
    repeatsDifferently: (name) => {
      const node = byName.get(name);
      return (
        node !== undefined && (node.repeats ?? (kinds.get(node.kind)?.measures === true ? 'differently' : 'exactly')) === 'differently'
      );
    },
  });
  return {
    format: 'tidegate.run-replay/1',
    project: project.name,
    run: run.id,
    commit,
    dirty: run.dirty,
    data,
    replayedAt,
    durationMs: Math.round(clock.elapsed() - began),
    verdict: { before: run.verdict, after: record.verdict },
    ...compared,
    first:
      compared.first === null
        ? null
        : { ...compared.first, key: await keyDifferences({ project, replay, run, record }, compared.first.step) },
    place: keep ? folder : null,
  };
}

/** A run of a part of the project is replayed as that part; none = every step. */
function partOf(nodes: readonly StepNode[], { steps }: RunRecord): readonly StepName[] {
  const had = new Set(steps.map(({ step }) => step));
  const present = nodes.filter(({ name }) => had.has(name)).map(({ name }) => name);
  return present.length === nodes.length ? [] : present;
}

async function keyDifferences(
  {
    project,
    replay,
    run,
    record,
  }: { readonly project: Project; readonly replay: Project; readonly run: RunRecord; readonly record: RunRecord },
  step: StepName,
): Promise<ReturnType<typeof ownDifferences>> {
  const keyIn = ({ steps }: RunRecord) => steps.find((one) => one.step === step)?.key ?? null;
  const [before, after] = [keyIn(run), keyIn(record)];
  const [was, is] = [before && (await findKeyRecord(project, before)), after && (await findKeyRecord(replay, after))];
  return was && is ? ownDifferences(differences(was, is)) : [];
}
