import { join } from 'node:path';
import type { Digest, ErrorAnalysis, Explanation, Signature } from '@tidegate/formats';
import { type Engine, rowCount } from '@tidegate/runtime';
import type { StepContext } from '../pipeline/index.ts';
import { type BehaviourResult, runBehaviour } from './behaviour/run-behaviour.ts';
import type { CandidateModel } from './candidate-model.ts';
import type { ScoredChampion, StaleTestSet } from './champion-scores.ts';
import { type DiscoveredSlices, discoverSlices } from './discovered/discover-slices.ts';
import { analyseErrors } from './errors/analyse-errors.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { explainModel, type Unexplained } from './explanation/explain-model.ts';
import type { InputStrength } from './leakage/find-leakage.ts';
import { addCorrupted, type CorruptedSet } from './robustness/score-corrupted.ts';
import { readScoredRows, type ScoredRows } from './scored-rows.ts';
import type { ModelProgram } from './serving-process.ts';
import type { TestSet } from './test-set.ts';

/** What is asked of the models beyond their predictions of the test set. All of it is in the request of the judge, or in the predictions. */
export interface FurtherEvidence {
  /** Null when there were too few rows to look for slices. */
  readonly discovered: DiscoveredSlices | null;
  /** Empty when the gate asks for none. */
  readonly corrupted: readonly CorruptedSet[];
  readonly behaviour: readonly BehaviourResult[];
}

/** What is found out about the model and decides nothing. */
export interface Insight {
  /** Null when it is not asked for. */
  readonly explained: Explanation | Unexplained | null;
  readonly errors: ErrorAnalysis;
}

export interface FurtherRequest {
  readonly context: StepContext;
  readonly settings: EvaluateSettings;
  readonly staleTestSet: StaleTestSet;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly testSet: TestSet;
  readonly candidate: CandidateModel;
  readonly champion: ScoredChampion;
  /** How much each input tells of the label by itself. */
  readonly strengths: readonly InputStrength[];
  /** What is judged by so far. */
  readonly predictions: string;
  readonly seed: number;
}

/** Looks for slices, lets both models predict spoiled inputs, and runs the behaviour tests. @returns the predictions that are judged by, as a path, with the rest */
export async function furtherEvidence(
  request: FurtherRequest,
): Promise<{ readonly evidence: FurtherEvidence; readonly insight: Insight; readonly predictions: string }> {
  const { context, settings, engine, program, testSet, candidate, champion } = request;
  const { signature } = candidate.version;
  const folder = await context.workspace();
  context.progress('looking for slices', null);
  const scored = await scoredRows(request, signature);
  const discovered = await discovery(request, { scored, signature });
  const insight = await insightOf(request, { scored, signature, folder });
  const models = { candidate: { runnable: candidate.runnable, signature }, champion: champion.sameRows };
  const { robustness, behaviour } = settings.gate;
  const to = `${request.predictions}.robust`;
  let predictions = request.predictions;
  let corrupted: readonly CorruptedSet[] = [];
  if (robustness !== undefined) {
    context.progress('spoiling inputs', null);
    const { corruptions, share, staleMs } = robustness;
    const { features } = testSet;
    const hasViews = features !== null && features.service.views.length > 0;
    corrupted = await addCorrupted({
      engine,
      program,
      testSet,
      corruptions,
      share,
      stale: async () => (hasViews ? request.staleTestSet({ candidate: features, staleMs, context }) : null),
      ...models,
      folder: join(folder, 'robust'),
      predictions,
      to,
    });
    predictions = to;
  }
  if (behaviour !== undefined) context.progress('trying behaviour', null);
  const results =
    behaviour === undefined
      ? []
      : await runBehaviour({ context, engine, program, testSet, model: settings.model, ...models, folder: join(folder, 'behaviour') });
  return { predictions, evidence: { discovered, corrupted, behaviour: results }, insight };
}

interface Known {
  readonly scored: ScoredRows;
  readonly signature: Signature;
}

function scoredRows({ engine, settings, champion, predictions, testSet }: FurtherRequest, signature: Signature): Promise<ScoredRows> {
  const hasChampion = champion.opponent.kind === 'scored';
  const { slices } = settings.evaluate;
  return readScoredRows(engine, predictions, { signature, slices, custom: [], hasIds: testSet.id !== null, hasChampion });
}

async function discovery(
  { engine, testSet, predictions, seed }: FurtherRequest,
  { scored, signature }: Known,
): Promise<DiscoveredSlices | null> {
  const { candidate, champion, comparable } = scored;
  const rows = champion === null ? Int32Array.from({ length: rowCount(candidate) }, (_, row) => row) : comparable;
  return discoverSlices({ engine, testSet: testSet.path, inputs: signature.inputs, predictions, rows, seed, candidate, champion });
}

async function insightOf(request: FurtherRequest, { scored, signature, folder }: Known & { readonly folder: string }): Promise<Insight> {
  const { context, settings, engine, program, testSet, candidate, predictions, seed, strengths } = request;
  const { explain, label } = settings.evaluate;
  const { personal, path } = testSet;
  const known = { engine, testSet: path, predictions, signature, personal };
  let explained: Insight['explained'] = null;
  if (explain !== undefined) {
    context.progress('explaining', null);
    const { runnable } = candidate;
    explained = await explainModel({ ...known, program, runnable, settings, explain, sample: scored.candidate, strengths, folder, seed });
  }
  context.progress('looking at errors', null);
  const byImportance = explained !== null && 'importances' in explained ? explained.importances : [];
  const order = [
    ...byImportance.map(({ input }) => input),
    ...strengths.toSorted((a, b) => b.explained - a.explained).map(({ input }) => input),
  ];
  const errors = await analyseErrors({ ...known, scored, hasIds: testSet.id !== null, order: [...new Set(order)], label, id: testSet.id });
  return { explained, errors };
}

/** Digest of a set, so that every model is measured by the same draws. */
export function seedOf(testSet: Digest): number {
  return Number.parseInt(testSet.slice('sha256:'.length, 'sha256:'.length + 8), 16);
}
