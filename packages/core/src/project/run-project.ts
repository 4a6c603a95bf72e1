import type { Digest, EmitEvent, RunRecord } from '@tidegate/formats';
import { deployRelease, type DeploymentOutcome } from '../deploy/index.ts';
import { judge } from '../evidence/index.ts';
import { executeRun } from '../pipeline/index.ts';
import { deployDeps } from './deploy-deps.ts';
import { engineParts } from './engine-parts.ts';
import type { Live } from './environments.ts';
import { materialiseFeatures } from './feature-views.ts';
import { moveLock } from './move-lock.ts';
import { stepsNamed, stepsToRun } from './nodes.ts';
import type { Project } from './project.ts';
import { revisionOf } from './revision.ts';
import { tidyOnlineStore } from './tidy-online-store.ts';

export interface ProjectRunOptions {
  /** `gate`, or the environment to go on to when the gate passes. */
  readonly goal: string;
  /** Only these steps and what they need; none = every step. Then nothing is deployed. */
  readonly only: readonly string[];
  readonly force: readonly string[];
  /** Cores that steps may occupy at once; null = those of the machine. */
  readonly jobs: number | null;
  /** Deploys a release that was rolled back before. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

export interface ProjectRun {
  readonly record: RunRecord;
  /** What the run made or found again; null when it stopped before. */
  readonly release: Digest | null;
  readonly live: readonly Live[];
  /** Why nothing was deployed, or not as far as asked; null when there is nothing to say. */
  readonly notDeployed: string | null;
  /** Whether `tidegate.lock` names other versions now. */
  readonly lockMoved: boolean;
}

/**
 * Takes the project along its path: every step as far as the gate; then, when the gate passes and the goal is an environment, through
 * the environments up to it.
 */
export async function runProject(project: Project, options: ProjectRunOptions): Promise<ProjectRun> {
  const nodes = await stepsToRun(project);
  const only = stepsNamed(nodes, options.only);
  const revision = await revisionOf(project.root);
  const record = await executeRun(engineParts(project), nodes, {
    ...revision,
    goal: options.goal,
    ...(only.length > 0 && { upTo: only }),
    ...(options.force.length > 0 && { force: stepsNamed(nodes, options.force) }),
    ...(options.jobs !== null && { cpus: options.jobs }),
    signal: options.signal,
    emit: options.emit,
  });
  const release = record.steps.find((step) => step.kind === 'release')?.outputs['manifest']?.digest ?? null;
  const passed = record.status === 'succeeded' && only.length === 0;
  const lockMoved = passed && (await moveLock(project, record));
  if (options.goal === 'gate' || only.length > 0) return { record, release, live: [], notDeployed: null, lockMoved };
  if (!passed)
    return {
      record,
      release: null,
      live: [],
      notDeployed: whyNot(record),
      lockMoved,
    };
  const outcomes = await deployAll(project, record, { ...options, commit: revision.dirty ? null : revision.commit });
  return { record, release, lockMoved, ...told(outcomes) };
}

/** The releases of every service, one after another, with fresh features in the online store first. */
async function deployAll(
  project: Project,
  record: RunRecord,
  { goal, again, commit, signal, emit }: ProjectRunOptions & { readonly commit: string | null },
): Promise<readonly DeploymentOutcome[]> {
  if (project.config.features !== null) await materialiseFeatures(project, { at: null, signal });
  const outcomes: DeploymentOutcome[] = [];
  for (const step of record.steps.filter((candidate) => candidate.kind === 'release')) {
    const release = step.outputs['manifest']?.digest;
    if (release === undefined) continue;
    const reason = `Run ${record.id} passed the gate${record.subject === null ? '' : `: ${record.subject}`}`;
    outcomes.push(
      ...(await deployRelease(deployDeps(project), { release, to: goal, run: record.id, commit, reason, again, signal, emit })),
    );
  }
  await tidyOnlineStore(project);
  return outcomes;
}

function told(outcomes: readonly DeploymentOutcome[]): Pick<ProjectRun, 'live' | 'notDeployed'> {
  const returned = outcomes.find((outcome) => outcome.kind === 'returned');
  const live = outcomes.flatMap(({ environment, kind, deployment: { release, address } }): readonly Live[] =>
    release === null ? [] : [{ environment, release, address, changed: kind === 'live' }],
  );
  return {
    live,
    notDeployed:
      returned === undefined ? null : `${returned.environment}: ${returned.deployment.reason}; what was live before is live again`,
  };
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
