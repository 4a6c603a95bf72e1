import { type Diagnostic, type Digest, diskTrouble, type EmitEvent, type RunRecord, TidegateError } from '@tidegate/formats';
import { defaultStep, type Lock, readLock } from '../../config/index.ts';
import { deployRelease, type DeploymentOutcome } from '../../deploy/index.ts';
import { judge } from '../../evidence/index.ts';
import { recordRelease, signRelease } from '../../packaging/index.ts';
import { endOtherwise, executeRun, type StepNode } from '../../pipeline/index.ts';
import { isoTime } from '../../platform/index.ts';
import { noteVersionsOf } from '../anomalies/measured-versions.ts';
import { takeOverHistoriesFirst } from '../anomalies/share-histories.ts';
import { keepUncommitted } from '../changes/keep-uncommitted.ts';
import { deployDeps } from '../deploy/deploy-deps.ts';
import { liveBy, liveByRun } from '../deploy/deployed.ts';
import { engineParts } from '../engine-parts.ts';
import type { Live } from '../deploy/deployed.ts';
import { materialiseFeatures } from '../features/feature-views.ts';
import { featuresAreAsRun } from '../features/features-as-run.ts';
import { heeding, heedTombstonesFirst } from '../forget/heed-tombstones.ts';
import { ignoreBuild } from '../ignore-build.ts';
import { moveLock } from '../data/move-lock.ts';
import { stepsNamed, stepsToRun } from '../nodes.ts';
import { readUnread } from '../sources/read-unread.ts';
import { modelKey } from '../models/model-key.ts';
import { noteModels } from '../models/note-models.ts';
import { noteReferences } from '../models/note-references.ts';
import { forcedSteps, isPart, type PartOfRun, selectionOf } from './part-of-run.ts';
import { tellingStandIns } from './tell-stand-ins.ts';
import type { Project } from '../project.ts';
import { releasesOf } from '../deploy/releases.ts';
import { shareAfter } from '../remote/share.ts';
import { revisionOf } from '../revision.ts';
import { tidyOnlineStore } from '../features/tidy-online-store.ts';

export interface ProjectRunOptions extends PartOfRun {
  /** `gate`, or the environment to go on to when the gate passes. */
  readonly goal: string;
  /** Steps to run although nothing changed, by name; `all` = every step. */
  readonly force: readonly string[];
  /** Steps to run although they have a result, and to tell what files they look for that they do not declare. Default: none. */
  readonly trace?: readonly string[];
  /** After a failure, go on with what does not need the failed step. Default false. */
  readonly keepGoing?: boolean;
  /** Whether what a forced step makes counts from now on, also where it is not what was there. Default false. */
  readonly replace?: boolean;
  /** Cores that steps may occupy at once; null = those of the machine. */
  readonly jobs: number | null;
  /** Deploys a release that was rolled back before. */
  readonly again: boolean;
  /** Whether a whole run that passes moves the pins of `tidegate.lock`. Default: `move`. */
  readonly pins?: 'move' | 'leave';
  /** Whether the remote gets what the run makes. Default true. */
  readonly share?: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface ProjectRun {
  readonly record: RunRecord;
  /** What the run made or found again; null when it stopped before. */
  readonly release: Digest | null;
  readonly live: readonly Live[];
  /** Why nothing was deployed although it was asked for: the gate; null when there is nothing to say. What went wrong is in the record. */
  readonly notDeployed: string | null;
  /** Whether `tidegate.lock` names other versions now. */
  readonly lockMoved: boolean;
  /** Why the remote did not get what the run has made; null when it did, or there is none. */
  readonly notShared: Diagnostic | null;
}

/**
 * Takes the project along its path: every step as far as the gate; then, when the gate passes and the goal is an environment, through
 * the environments up to it. A deployment that is refused or fails is in the record, not thrown. What was made is shared at the end, also when
 * the run failed or did not pass.
 */
export async function runProject(project: Project, options: ProjectRunOptions): Promise<ProjectRun> {
  const outcome = await runAndDeploy(project, options);
  const isKept = options.signal.aborted || outcome.record.status === 'cancelled' || options.share === false;
  return { ...outcome, notShared: isKept ? null : await shareAfter(project, outcome.record, heeding(options)) };
}

function withTraces(nodes: readonly StepNode[], trace: readonly string[]): readonly StepNode[] {
  if (trace.length === 0) return nodes;
  const traced = new Set(stepsNamed(nodes, trace));
  return nodes.map((node) =>
    traced.has(node.name) ? { ...node, isolation: { ...defaultStep.isolation, ...node.isolation, isTraced: true } } : node,
  );
}

async function runAndDeploy(project: Project, options: ProjectRunOptions): Promise<ProjectRun> {
  const { trace = [] } = options;
  const force = [...options.force, ...trace];
  await heedTombstonesFirst(project, heeding(options));
  await takeOverHistoriesFirst(project);
  await readUnread(project, options);
  const nodes = withTraces(await stepsToRun(project), trace);
  const selection = selectionOf(project, nodes, options);
  const revision = await revisionOf(project);
  const lock = await readLock(project.root).catch(() => null); // one that cannot be read is told when a pin is to move
  const record = await executeRun(engineParts(project), nodes, {
    ...revision,
    goal: options.goal,
    ...selection,
    ...(force.length > 0 && { force: forcedSteps(nodes, force), replace: options.replace ?? false }),
    ...(options.keepGoing !== undefined && { keepGoing: options.keepGoing }),
    ...(options.jobs !== null && { cpus: options.jobs }),
    signal: options.signal,
    emit: tellingStandIns(nodes, options.emit),
  });
  await keepUncommitted(project, record);
  await noteReleases(project, record);
  await noteModels(project, record);
  await noteReferences(project, record);
  await noteVersionsOf(project, record);
  await ignoreBuild(project);
  const begun: ProjectRun = {
    record,
    release: releasesOf(record)[0]?.release ?? null,
    live: [],
    notDeployed: null,
    lockMoved: false,
    notShared: null,
  };
  if (isPart(options)) return begun; // a part of the path is not deployed
  try {
    return await goOn(project, begun, { ...options, lock });
  } catch (error) {
    return { ...begun, record: endedBy(project, record, error), live: liveByRun(project, record.id) };
  }
}

/** So that a release knows its commit when it is deployed by hand later, and is signed by this home. */
async function noteReleases(project: Project, record: RunRecord): Promise<void> {
  const { state, name, platform } = project;
  const commit = record.dirty ? null : record.commit;
  for (const made of releasesOf(record)) {
    recordRelease(state, { ...made, project: name, run: record.id, commit, madeAt: isoTime(platform.clock) });
    await signRelease(project, made.release, await modelKey(project)).catch((error: unknown) => {
      if (!(error instanceof TidegateError)) throw error; // objects of a result of another machine may be gone; where it is deployed that is told
    });
  }
}

/** What follows the steps of a whole run: pins are moved, and the release is deployed. */
async function goOn(project: Project, begun: ProjectRun, options: ProjectRunOptions & { readonly lock: Lock | null }): Promise<ProjectRun> {
  const { record } = begun;
  const isGate = options.goal === 'gate';
  if (record.status !== 'succeeded') return isGate ? begun : { ...begun, release: null, notDeployed: whyNot(record) };
  const moved = { ...begun, lockMoved: options.pins === 'leave' ? false : await moveLock(project, record, options.lock) };
  if (isGate) return moved;
  const skipped = record.steps.find(({ step, status }) => status === 'skipped' && step.startsWith('services.'));
  if (skipped !== undefined && releasesOf(record).length === 0)
    return { ...moved, notDeployed: `Nothing was deployed: ${skipped.step} was skipped. What was live before still is.` };
  return { ...moved, live: liveBy(await deployAll(project, record, options)) };
}

/** The run's other end; a mistake of ours and an interruption are thrown on. */
function endedBy({ state }: Project, record: RunRecord, thrown: unknown): RunRecord {
  const error = diskTrouble(thrown) ?? thrown;
  if (error instanceof TidegateError) {
    const [{ code, message, hint }] = error.diagnostics;
    return endOtherwise(state, record, { status: 'failed', failure: { code, message, hint } });
  }
  const isInterrupted = error instanceof Error && error.name === 'AbortError';
  endOtherwise(state, record, { status: isInterrupted ? 'cancelled' : 'crashed', failure: null });
  throw error;
}

/** The releases of every service, one after another, with fresh features in the online store first. */
async function deployAll(
  project: Project,
  record: RunRecord,
  { goal, again, signal, emit }: ProjectRunOptions,
): Promise<readonly DeploymentOutcome[]> {
  const isFresh = project.config.features === null || (await featuresAreAsRun(project, record, project.platform.clock.now()));
  if (!isFresh) await materialiseFeatures(project, { at: null, signal });
  const commit = record.dirty ? null : record.commit;
  const reason = `Run ${record.id} passed the gate${record.subject === null ? '' : `: ${record.subject}`}`;
  const outcomes: DeploymentOutcome[] = [];
  for (const { release } of releasesOf(record))
    outcomes.push(
      ...(await deployRelease(deployDeps(project), { release, to: goal, run: record.id, commit, reason, again, signal, emit })),
    );
  await tidyOnlineStore(project);
  return outcomes;
}

/** The gate's reason, or that the run did not come so far. */
function whyNot(record: RunRecord): string {
  const [first, ...more] = judge(record.steps.flatMap((step) => step.evidence)).blocking;
  const why =
    first === undefined
      ? `the run ${record.status}`
      : `${first.subject} does not pass (${first.verdict})${more.length === 0 ? '' : `, for ${more.length + 1} reasons`}`;
  return `Nothing was deployed: ${why}. What was live before still is.`;
}
