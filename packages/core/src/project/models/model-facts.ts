import {
  compareCodeUnits,
  type Digest,
  type Evaluation,
  type Evidence,
  type Json,
  type ModelVersion,
  type RunId,
  type RunRecord,
  type StepRecord,
  TidegateError,
} from '@tidegate/formats';
import { evaluationOf, type Lineage, lineage, type LineageStep, type RegisteredModel } from '../../models/index.ts';
import { readDatasetVersion } from '../records.ts';
import type { Project } from '../project.ts';
import { findRun, listRuns } from '../run/runs.ts';
import { findModel } from './find-model.ts';
import { type LiveModel, livesOf } from './live-models.ts';
import { costsOf, trialsOf, type TriedService } from './trials-of.ts';

/** Everything that is known of a model version; null is what nothing says. */
export interface ModelFacts {
  readonly model: string;
  readonly version: Digest;
  readonly project: string;
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly record: ModelVersion;
  /** The revision of the run that made it; null when that run is no longer kept. */
  readonly code: {
    readonly commit: string | null;
    readonly dirty: boolean;
    readonly branch: string | null;
    readonly subject: string | null;
  } | null;
  /** The step that trained it; null when its key is no longer kept. */
  readonly trainedBy: {
    readonly step: string;
    readonly command: string | null;
    readonly files: { readonly [path: string]: Digest };
    readonly variables: { readonly [name: string]: string };
    readonly environment: { readonly [fact: string]: Json };
  } | null;

  readonly datasets: readonly { readonly name: string; readonly version: Digest; readonly rows: number | null }[] | null;
  readonly evaluation: Evaluation | null;
  /** Of its newest evaluation, and of the trials of its services in that run: verdicts of the gate, safety of the file. */
  readonly evidence: readonly Evidence[];
  /** What serving it cost in those trials. */
  readonly costs: readonly TriedService[];
  /** Every time that it was live, oldest first. */
  readonly live: readonly LiveModel[];
}

/** What is known of a model version, by the name of its model or its digest. @throws TG-CLI-NOT-FOUND */
export async function modelFacts(project: Project, name: string): Promise<ModelFacts> {
  const found = findModel(project, name);
  const { digest: version, version: record } = found;
  const [origin, evaluation, lives] = await Promise.all([
    lineageOrNull(project, version),
    evaluationOf(project, { model: record.model, version }),
    livesOf(project),
  ]);
  const evaluated = evaluatedBy(project, version);
  const trials = evaluated === null ? [] : trialsOf(project, evaluated.run, record.model);
  return {
    model: record.model,
    version,
    project: project.name,
    run: found.run,
    madeAt: found.madeAt,
    record,
    code: codeOf(project, found),
    trainedBy: origin && trainingOf(origin.trainedBy),
    datasets: origin && (await datasetsOf(project, origin)),
    evaluation,
    evidence: evaluated === null ? [] : [...evaluated.step.evidence, ...trials.flatMap(({ evidence }) => evidence)],
    costs: await costsOf(project, trials),
    live: lives.filter((live) => live.version === version),
  };
}

/** What garbage collection took is unknown, and the rest is told all the same. */
async function lineageOrNull(project: Project, version: Digest): Promise<Lineage | null> {
  return lineage(project, version).catch((error: unknown) => {
    if (error instanceof TidegateError) return null;
    throw error;
  });
}

function codeOf(project: Project, { run }: RegisteredModel): ModelFacts['code'] {
  const record = findRun(project, run);
  return record && { commit: record.commit, dirty: record.dirty, branch: record.branch, subject: record.subject };
}

function trainingOf({ step, files, settings, variables, facts }: LineageStep): ModelFacts['trainedBy'] {
  const argv = settings['run'];
  return { step, command: Array.isArray(argv) ? argv.join(' ') : null, files, variables, environment: facts };
}

async function datasetsOf(project: Project, { datasets }: Lineage): Promise<ModelFacts['datasets']> {
  const rows = new Map<Digest, number>();
  const wanted = new Set(Object.values(datasets));
  for (const { steps } of listRuns(project))
    for (const step of steps) {
      const version = step.outputs['version']?.digest;
      if (step.kind !== 'dataset' || version === undefined || !wanted.has(version) || rows.has(version)) continue;
      const record = await readDatasetVersion(project, step);
      if (record !== null) rows.set(version, record.rows);
    }
  return Object.entries(datasets)
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .map(([name, version]) => ({ name, version, rows: rows.get(version) ?? null }));
}

/** The newest step that evaluated a model version, with its run. */
function evaluatedBy(project: Project, version: Digest): { readonly run: RunRecord; readonly step: StepRecord } | null {
  for (const run of listRuns(project)) {
    const step = run.steps.find(({ kind, outputs }) => kind === 'evaluate' && outputs['version']?.digest === version);
    if (step !== undefined) return { run, step };
  }
  return null;
}
