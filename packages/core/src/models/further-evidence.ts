import { join } from 'node:path';
import type { Digest, Signature } from '@tidegate/formats';
import { type Engine, rowCount } from '@tidegate/runtime';
import type { StepContext } from '../pipeline/index.ts';
import { type BehaviourResult, runBehaviour } from './behaviour/run-behaviour.ts';
import type { CandidateModel } from './candidate-model.ts';
import type { ScoredChampion } from './champion-scores.ts';
import { type DiscoveredSlices, discoverSlices } from './discovered/discover-slices.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { addCorrupted, type CorruptedSet } from './robustness/score-corrupted.ts';
import { readScoredRows } from './scored-rows.ts';
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

export interface FurtherRequest {
  readonly context: StepContext;
  readonly settings: EvaluateSettings;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly testSet: TestSet;
  readonly candidate: CandidateModel;
  readonly champion: ScoredChampion;
  /** What is judged by so far. */
  readonly predictions: string;
  readonly seed: number;
}

/** Looks for slices, lets both models predict spoiled inputs, and runs the behaviour tests. @returns the predictions that are judged by, as a path, with the rest */
export async function furtherEvidence(request: FurtherRequest): Promise<FurtherEvidence & { readonly predictions: string }> {
  const { context, settings, engine, program, testSet, candidate, champion } = request;
  const { signature } = candidate.version;
  const folder = await context.workspace();
  context.progress('looking for slices', null);
  const discovered = await discovery(request, signature);
  const models = { candidate: { runnable: candidate.runnable, signature }, champion: champion.sameRows };
  const { robustness, behaviour } = settings.gate;
  const to = `${request.predictions}.robust`;
  let predictions = request.predictions;
  let corrupted: readonly CorruptedSet[] = [];
  if (robustness !== undefined) {
    context.progress('spoiling inputs', null);
    const { corruptions, share } = robustness;
    corrupted = await addCorrupted({
      engine,
      program,
      testSet,
      corruptions,
      share,
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
  return { predictions, discovered, corrupted, behaviour: results };
}

async function discovery(
  { engine, testSet, champion, predictions, seed }: FurtherRequest,
  signature: Signature,
): Promise<DiscoveredSlices | null> {
  const hasChampion = champion.opponent.kind === 'scored';
  const scored = await readScoredRows(engine, predictions, { signature, slices: [], custom: [], hasIds: false, hasChampion });
  const rows = hasChampion ? scored.comparable : Int32Array.from({ length: rowCount(scored.candidate) }, (_, row) => row);
  return discoverSlices({
    engine,
    testSet: testSet.path,
    inputs: signature.inputs,
    predictions,
    rows,
    seed,
    candidate: scored.candidate,
    champion: hasChampion ? scored.champion : null,
  });
}

/** Digest of a set, so that every model is measured by the same draws. */
export function seedOf(testSet: Digest): number {
  return Number.parseInt(testSet.slice('sha256:'.length, 'sha256:'.length + 8), 16);
}
