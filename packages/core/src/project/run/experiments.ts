import {
  type Artifact,
  type Curve,
  type Json,
  type Metric,
  type RunId,
  type RunRecord,
  type RunStatus,
  type StepRecord,
  type Verdict,
} from '@tidegate/formats';
import { findKeyRecord, parametersIn } from '../../pipeline/index.ts';
import { type Contents, openContents } from '../changes/contents.ts';
import type { Project } from '../project.ts';
import { readEvaluation } from '../records.ts';

/** A number that a run came to: of an evaluation with its interval, out of a JSON file of a step without. */
export interface ExperimentMetric {
  /** `models.delay auc`, `steps.train/report loss.final`. */
  readonly name: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Null where a file does not say. */
  readonly higherIsBetter: boolean | null;
}

/** A run as an experiment: what was set, what came out. Read from what is recorded and at hand; nothing has to be logged. */
export interface Experiment {
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly commit: string | null;
  readonly dirty: boolean;
  readonly branch: string | null;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  /** Members of YAML, JSON and TOML files that command steps read (`params.yaml lr`), and their variables (`steps.train SEED`). */
  readonly parameters: { readonly [name: string]: Json };
  readonly metrics: readonly ExperimentMetric[];
  /** Outputs of command steps. */
  readonly artifacts: readonly { readonly name: string; readonly artifact: Artifact }[];
  /** Points to plot, of each model that was evaluated. */
  readonly curves: readonly { readonly model: string; readonly curve: Curve }[];
}

/** A file with more members than these is no file of parameters or metrics, but data. */
const mostMembers = 200;
const isSettings = /\.(ya?ml|json|toml)$/i;

/** Runs as experiments, in the order given. */
export async function experimentsOf(project: Project, runs: readonly RunRecord[]): Promise<readonly Experiment[]> {
  using contents = openContents(project);
  const found: Experiment[] = [];
  for (const run of runs) found.push(await experimentOf({ project, contents }, run));
  return found;
}

type Parts = { readonly project: Project; readonly contents: Contents };

async function experimentOf(parts: Parts, run: RunRecord): Promise<Experiment> {
  const parameters: { [name: string]: Json } = {};
  const metrics: ExperimentMetric[] = [];
  const artifacts: Experiment['artifacts'][number][] = [];
  const curves: Experiment['curves'][number][] = [];
  for (const step of run.steps) {
    if (step.kind === 'evaluate') {
      const evaluation = await readEvaluation(parts.project, step);
      metrics.push(...(evaluation?.metrics ?? []).map((metric) => evaluatedMetric(step, metric)));
      curves.push(...(evaluation?.curves ?? []).map((curve) => ({ model: evaluation?.model ?? '', curve })));
    } else if (step.step.startsWith('steps.')) {
      Object.assign(parameters, await parametersOf(parts, { run, step }));
      metrics.push(...(await writtenMetrics(parts, { run, step })));
      artifacts.push(...Object.entries(step.outputs).map(([output, artifact]) => ({ name: `${step.step}/${output}`, artifact })));
    }
  }
  const { id, startedAt, commit, dirty, branch, status, verdict } = run;
  return { run: id, startedAt, commit, dirty, branch, status, verdict, parameters, metrics, artifacts, curves };
}

function evaluatedMetric({ step }: StepRecord, { name, value, low, high, higherIsBetter }: Metric): ExperimentMetric {
  return { name: `${step} ${name}`, value, low, high, higherIsBetter };
}

type StepOfRun = { readonly run: RunRecord; readonly step: StepRecord };

/** Whoever made the result of a hit had the files that it was made of. */
async function parametersOf({ project, contents }: Parts, { run, step }: StepOfRun): Promise<{ readonly [name: string]: Json }> {
  const record = step.key === null ? null : await findKeyRecord(project, step.key);
  if (record === null) return {};
  const found: { [name: string]: Json } = {};
  for (const [path, digest] of Object.entries(record.inputs)) {
    if (!isSettings.test(path)) continue;
    const bytes = await contents.of({ path, digest, run: step.madeBy ?? run.id });
    const members = bytes === null ? null : parametersIn(path, new TextDecoder().decode(bytes));
    if (members === null || members.size > mostMembers) continue;
    for (const [name, value] of members) found[`${path} ${name}`] = value;
  }
  for (const [name, value] of Object.entries(record.variables)) found[`${step.step} ${name}`] = value;
  return found;
}

/** Numbers of the JSON and YAML files that a step wrote. */
async function writtenMetrics({ project, contents }: Parts, { run, step }: StepOfRun): Promise<readonly ExperimentMetric[]> {
  const paths = step.key === null ? null : (await findKeyRecord(project, step.key))?.outputs;
  const found: ExperimentMetric[] = [];
  for (const [output, { digest, kind }] of Object.entries(step.outputs)) {
    const path = paths?.[output] ?? null;
    if (kind !== 'file' || path === null || !isSettings.test(path)) continue;
    const bytes = await contents.of({ path, digest, run: step.madeBy ?? run.id });
    const members = bytes === null ? null : parametersIn(path, new TextDecoder().decode(bytes));
    if (members === null || members.size > mostMembers) continue;
    for (const [name, value] of members)
      if (typeof value === 'number')
        found.push({ name: `${step.step}/${output} ${name}`, value, low: null, high: null, higherIsBetter: null });
  }
  return found;
}
