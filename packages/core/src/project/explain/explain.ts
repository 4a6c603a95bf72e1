import { failure, isStepName, nearest, type RunRecord, type StepName } from '@tidegate/formats';
import { type Explanation, explainStep, type PlannedStep } from '../../pipeline/index.ts';
import { type InputChange, openInputChanges } from '../changes/input-changes.ts';
import { engineParts } from '../engine-parts.ts';
import { type ExplainedArtifact, findArtifact } from './explain-artifact.ts';
import { type ExplainedRun, explainRun } from './explain-run.ts';
import { projectNodes } from '../nodes.ts';
import { plannedSteps } from '../run/plan-project.ts';
import type { Project } from '../project.ts';
import { requireRun } from '../run/run-history.ts';

export interface ExplainedStep {
  readonly step: StepName;
  /** Null when no run had it. */
  readonly explanation: Explanation | null;
  /** What of its inputs changed since the result that it is compared with, as far as their contents are at hand. */
  readonly changes: readonly InputChange[];
  /** What a run would do with it now and why; null when the step is explained as it was in a run that was asked for. */
  readonly now: (Pick<PlannedStep, 'action' | 'reasons' | 'blockedBy'> & { readonly changes: readonly InputChange[] }) | null;
}

export type Explained =
  | ({ readonly kind: 'step' } & ExplainedStep)
  | ({ readonly kind: 'run' } & ExplainedRun)
  | ({ readonly kind: 'artifact' } & ExplainedArtifact);

export interface ExplainRequest {
  /** A step, a run, or an artifact: `steps.train/model`, a digest or its first digits, the path of an output. */
  readonly name: string;
  /** For a step: the run that it is explained in, and the run that it is compared with, as {@link requireRun} takes them. */
  readonly run: string | null;
  readonly against: string | null;
  readonly signal: AbortSignal;
}

/** Explains anything that runs have made or done. @throws TG-CLI-NOT-FOUND */
export async function explainName(project: Project, request: ExplainRequest): Promise<Explained> {
  const { name } = request;
  if (/^r-\d|^last(-\d+)?$/.test(name)) return { kind: 'run', ...(await explainRun(project, requireRun(project, name))) };
  const steps = (await projectNodes(project)).map((node) => node.name);
  const step = isStepName(name) ? steps.find((candidate) => candidate === name) : undefined;
  if (step !== undefined) return { kind: 'step', ...(await explainedStep(project, step, request)) };
  const artifact = await findArtifact(project, name);
  if (artifact !== null) return { kind: 'artifact', ...artifact };
  const near = nearest(name, steps);
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot explain "${name}": it is no step, run or artifact of the project`,
    near === null ? `Steps: ${steps.slice(0, 40).join(', ')}${steps.length > 40 ? ', …' : ''}` : `Did you mean "${near}"?`,
  );
}

async function explainedStep(project: Project, step: StepName, { run, against, signal }: ExplainRequest): Promise<ExplainedStep> {
  const asked = run === null ? null : requireRun(project, run);
  const other = against === null ? null : requireRun(project, against);
  const explanation = await explainStep(engineParts(project), step, { ...(asked && { run: asked }), ...(other && { against: other }) });
  if (explanation === null && asked !== null) throw notPartOf(step, asked);
  using changes = openInputChanges(project);
  const since = explanation === null ? [] : await changes.of({ step, reasons: explanation.differences });
  if (asked !== null) return { step, explanation, changes: since, now: null };
  const planned = (await plannedSteps(project, { only: [step], signal })).steps.find((candidate) => candidate.step === step);
  if (planned === undefined) return { step, explanation, changes: since, now: null };
  const { action, reasons, blockedBy } = planned;
  return { step, explanation, changes: since, now: { action, reasons, blockedBy, changes: await changes.of({ step, reasons }) } };
}

function notPartOf(step: StepName, run: RunRecord): Error {
  const steps = run.steps.map((record) => record.step);
  const near = nearest(step, steps);
  return failure(
    'TG-CLI-NOT-FOUND',
    `Cannot explain "${step}" in run ${run.id}: it was no part of it`,
    near === null ? `Run "tidegate runs show ${run.id}" for its steps` : `Did you mean "${near}"?`,
  );
}
