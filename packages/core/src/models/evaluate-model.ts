import { join } from 'node:path';
import { type Artifact, type Digest, type Evaluation, type JsonObject, shortDigest, type SmokeReport } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import type { PythonLauncher } from '../commands/index.ts';
import type { StepContext, StepResult } from '../pipeline/index.ts';
import { isoTime } from '../platform/index.ts';
import { type ObjectStore, readRecord, type State } from '../store/index.ts';
import { addBaselines } from './baselines/score-baselines.ts';
import { type CandidateModel, candidateModel, lockedPython } from './candidate-model.ts';
import type { Champion } from './champion.ts';
import { type ChampionScoring, type ScoredChampion, scoreChampion } from './champion-scores.ts';
import { addCustomMetrics } from './custom/custom-metrics.ts';
import { type WholeMetric, wholeMetrics } from './custom/whole-metrics.ts';
import type { CustomMetricConfig, Named } from '../config/index.ts';
import type { EvaluateDeps } from './evaluate-deps.ts';
import { type EvaluateSettings, settingsOf } from './evaluate-settings.ts';
import { furtherEvidence, type Insight, seedOf } from './further-evidence.ts';
import { evidenceOf } from './evidence.ts';
import { explanationFinding } from './explanation/explanation-finding.ts';
import { carriesSomething } from './carried.ts';
import { judgeSandbox } from './judge-sandbox.ts';
import type { Opponent } from './judge-champion.ts';
import { gateRules, type JudgeRequest } from './judge-model.ts';
import { type JudgedPredictions, judgePredictions } from './judge-predictions.ts';
import { type ModelPython, modelPython } from './model-python.ts';
import { writePredictions } from './predictions.ts';
import { recordModelVersion } from './registry.ts';
import { judgeSafety } from './require-safe.ts';
import { findLeakage } from './leakage/find-leakage.ts';
import { modelProgram } from './serving-process.ts';
import { addSeeds } from './seeds/score-seeds.ts';
import { smokeEvidence } from './smoke-report.ts';
import { openTestSet, type TestSet } from './test-set.ts';

/** How often rows are drawn for a bootstrap interval. */
const replicates = 2000;

/** One evaluation: model version, predictions of both models, judgement, records. @throws what keeps the candidate from being run */
export async function evaluateModel(
  context: StepContext,
  deps: EvaluateDeps & { readonly champion: Champion | null },
): Promise<StepResult> {
  const settings = settingsOf(context.node);
  const folder = await context.workspace();
  using engine = await openEngine({ threads: context.node.cpus, spill: join(folder, 'spill'), signal: context.signal });
  const program = modelProgram(context, deps.serving.argv);
  const python = modelPython(context, deps.virtualEnvironments);
  const testSet = await openTestSet(context, settings, engine);
  const candidate = await candidateModel({ context, settings, state: deps.state, engine, program, python, testSet });
  const { signature } = candidate.version;
  context.progress('scoring the test set', null);
  const output = join(folder, 'candidate.parquet');
  const smoke = await program.scoreAndTry(candidate.runnable, { signature, input: testSet.path, output });
  const scoring = { context, engine, program, python, championTestSet: deps.championTestSet, testSet, signature };
  const champion = await scoreOpponent(deps, scoring);
  const predictions = join(folder, 'predictions.parquet');
  const { evaluate } = settings;
  await writePredictions(engine, { testSet, evaluate, task: signature.task, output, champion: champion.predictions, to: predictions });
  const { path: withMetrics, ...wholeOfRows } = await withCustomMetrics({
    context,
    settings,
    engine,
    python,
    testSet,
    champion,
    predictions,
  });
  context.progress('fitting baselines', null);
  const { label } = evaluate;
  const withBaselines = `${predictions}.baselines`;
  const hasLastValue = evaluate.forecast !== undefined;
  const baselines = await addBaselines(engine, { testSet, signature, label, hasLastValue, predictions: withMetrics, to: withBaselines });
  const withModels = baselines.length === 0 ? withMetrics : withBaselines;
  const seeded = evaluate.seeds === undefined ? null : `${predictions}.seeds`;
  const seeds =
    seeded === null
      ? null
      : await addSeeds({ context, settings, engine, program, testSet, candidate, predictions: withModels, to: seeded });
  const soFar = seeded ?? withModels;
  context.progress('looking for leakage', null);
  const leakage = await findLeakage(engine, { testSet, signature, label, time: testSet.time });
  const seed = seedOf(testSet.digest);
  const {
    predictions: judgedBy,
    evidence,
    insight,
  } = await furtherEvidence({
    context,
    settings,
    engine,
    program,
    testSet,
    candidate,
    champion,
    staleTestSet: deps.staleTestSet,
    strengths: leakage.inputs,
    seed,
    predictions: soFar,
  });
  context.progress('judging', null);
  const request = {
    settings: { model: settings.model, evaluate: settings.evaluate, gate: settings.gate },
    signature,
    artifact: candidate.version.artifact,
    bytes: candidate.version.bytes,
    ...(settings.gate.size?.times != null && { championBytes: await bytesOf(deps.champion, context.store) }),
    trainedOnKnown: testSet.trainedOn !== null,
    hasIds: testSet.id !== null,
    opponent: await withCarried(champion.opponent, { context, deps, testSet, settings }),
    baselines,
    ...(seeds !== null && { seeds }),
    ...wholeOfRows,
    leakage,
    ...evidence,
    seed,
    replicates,
  };
  const judged = await judgePredictions(engine, judgedBy, request);
  const launcher = program.launcher();
  return await keep(context, deps.state, { candidate, testSet, predictions: judgedBy, request, judged, insight, smoke, launcher });
}

interface Scored {
  readonly context: StepContext;
  readonly settings: EvaluateSettings;
  readonly engine: Engine;
  readonly python: ModelPython;
  readonly testSet: TestSet;
  readonly champion: ScoredChampion;
  readonly predictions: string;
}

interface WithMetrics {
  /** Path of the predictions, with what rows contribute to the project's own metrics. */
  readonly path: string;
  /** Those over all predictions; absent when there are none. */
  readonly whole?: readonly WholeMetric[];
}

async function withCustomMetrics({ context, settings, engine, python, testSet, champion, predictions }: Scored): Promise<WithMetrics> {
  const { custom, label } = settings.evaluate;
  if (custom === undefined || settings.python === null) return { path: predictions };
  context.progress("asking the project's own metrics", null);
  const executable = await python.executable(lockedPython(context, settings.python), await context.workspace());
  const hasChampion = champion.predictions !== null;
  const asked = { context, engine, testSet, label, python: executable, hasChampion, predictions };
  const only = (of: CustomMetricConfig['of']): Named<CustomMetricConfig> =>
    Object.fromEntries(Object.entries(custom).filter(([, metric]) => metric.of === of));
  const [ofRows, ofPredictions] = [only('rows'), only('predictions')];
  const to = `${predictions}.custom`;
  const hasRows = Object.keys(ofRows).length > 0;
  if (hasRows) await addCustomMetrics({ ...asked, metrics: ofRows, to });
  const path = hasRows ? to : predictions;
  if (Object.keys(ofPredictions).length === 0) return { path };
  return { path, whole: await wholeMetrics({ ...asked, metrics: ofPredictions, seed: seedOf(testSet.digest), replicates }) };
}

async function scoreOpponent(
  deps: EvaluateDeps & { readonly champion: Champion | null },
  scoring: ChampionScoring,
): Promise<ScoredChampion> {
  if (deps.champion === null)
    return { opponent: { kind: 'none', environment: deps.champions.environment }, sameRows: null, predictions: null };
  scoring.context.progress('scoring the champion on the same rows', null);
  return scoreChampion(deps.champion, scoring);
}

/** Of a champion's model file; null when there is none, or its record is no longer kept. */
async function bytesOf(champion: Champion | null, store: ObjectStore): Promise<number | null> {
  const version = champion?.manifest.model.version;
  if (version === undefined || !(await store.has(version))) return null;
  return (await readRecord(store, 'tidegate.model-version/1', version)).bytes;
}

/** What the champion had when it was let through, where a check carries it: only then it is part of the key. */
async function withCarried(
  opponent: Opponent,
  known: { readonly context: StepContext; readonly deps: EvaluateDeps; readonly testSet: TestSet; readonly settings: EvaluateSettings },
): Promise<Opponent> {
  const { context, deps, testSet, settings } = known;
  const { model } = settings;
  if (opponent.kind !== 'scored' || !carriesSomething(settings.gate)) return opponent;
  const evaluation = deps.evaluationOf({ model, version: opponent.modelVersion });
  if (evaluation === null || !(await context.store.has(evaluation))) return opponent;
  const { testSet: before, metrics } = await readRecord(context.store, 'tidegate.evaluation/1', evaluation);
  return { ...opponent, carried: { testSet: before, isSameTestSet: before === testSet.digest, metrics } };
}

interface Evaluated {
  readonly candidate: CandidateModel;
  readonly testSet: TestSet;
  /** Path of the file that the verdict rests on. */
  readonly predictions: string;
  readonly request: JudgeRequest;
  readonly judged: JudgedPredictions;
  readonly insight: Insight;
  readonly smoke: SmokeReport;
  readonly launcher: PythonLauncher | null;
}

async function keep(context: StepContext, state: State, evaluated: Evaluated): Promise<StepResult> {
  const { candidate, judged, smoke, insight, launcher } = evaluated;
  const predictions = await context.store.putFile(evaluated.predictions);
  const evaluation = await context.store.putJson(evaluationOf(evaluated, predictions.digest));
  const version = await context.store.putJson(candidate.version);
  const { project } = settingsOf(context.node);
  recordModelVersion(state, {
    digest: version.digest,
    project,
    run: context.run,
    madeAt: isoTime(context.platform.clock),
    version: candidate.version,
  });
  return {
    outputs: { version: fileOf(version), evaluation: fileOf(evaluation), predictions: fileOf(predictions) },
    evidence: [
      ...[...judgeSafety(candidate.scan), ...judgeSandbox(launcher)].map((finding) => evidenceOf(candidate.version.model, finding)),
      ...judged.evidence,
      ...(insight.explained === null ? [] : [evidenceOf(candidate.version.model, explanationFinding(insight.explained))]),
      ...smokeEvidence(candidate.version.model, smoke),
    ],
    facts: {
      version: shortDigest(version.digest),
      rows: judged.rows,
      verdict: judged.verdict,
      ...Object.fromEntries(judged.metrics.map((metric) => [metric.name, metric.value])),
    },
  };
}

function fileOf({ digest, bytes }: { readonly digest: Digest; readonly bytes: number }): Artifact {
  return { kind: 'file', digest, bytes, files: 1 };
}

function evaluationOf({ candidate, testSet, request, judged, insight }: Evaluated, predictions: Digest): Evaluation {
  const { opponent } = request;
  return {
    format: 'tidegate.evaluation/1',
    model: candidate.version.model,
    modelVersion: candidate.digest,
    testSet: testSet.digest,
    task: candidate.version.signature.task,
    rows: judged.rows,
    metrics: judged.metrics,
    slices: judged.slices,
    curves: judged.curves,
    baselines: judged.baselines,
    ...(request.seeds !== undefined && { seeds: judged.seeds }),
    champion:
      opponent.kind === 'scored'
        ? { release: opponent.release, modelVersion: opponent.modelVersion, metrics: judged.championMetrics }
        : null,
    rowsExcluded: judged.rowsExcluded,
    comparisons: judged.comparisons,
    sliceComparisons: judged.sliceComparisons,
    verdict: judged.verdict,
    ...(insight.explained !== null && 'importances' in insight.explained && { explanation: insight.explained }),
    errors: insight.errors,
    replay: { predictions, rules: gateRules, request: { ...request } as unknown as JsonObject },
  };
}
