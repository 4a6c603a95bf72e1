import { join } from 'node:path';
import { type Digest, type Signature, TidegateError } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { seededStep } from '../../commands/index.ts';
import { inputOf, type StepContext } from '../../pipeline/index.ts';
import { mkdir } from '../../platform/index.ts';
import type { CandidateModel } from '../candidate-model.ts';
import type { EvaluateSettings } from '../evaluate-settings.ts';
import { requireSafe } from '../require-safe.ts';
import type { ModelProgram } from '../serving-process.ts';
import type { TestSet } from '../test-set.ts';

/** What became of a training with another seed. */
export interface SeededModel {
  readonly seed: number;
  readonly artifact: Digest;
  /** Why it does not predict these rows; null when its predictions are there. */
  readonly lacks: string | null;
}

export interface SeedsRequest {
  readonly context: StepContext;
  readonly settings: EvaluateSettings;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly testSet: TestSet;
  readonly candidate: CandidateModel;
  /** What is judged by so far. */
  readonly predictions: string;
  readonly to: string;
}

/**
 * Lets the models of the other seeds predict the test set, and adds what they say to the predictions: `seed.N`, with `.probabilities` of several classes
 * or labels. They are run as the candidate is, and take the same inputs.
 */
export async function addSeeds(request: SeedsRequest): Promise<readonly SeededModel[]> {
  const { context, settings, engine, candidate, predictions, to } = request;
  const { signature } = candidate.version;
  const models: SeededModel[] = [];
  const columns: string[] = [];
  const joins: string[] = [];
  for (const seed of (settings.evaluate.seeds?.values ?? []).slice(1)) {
    const { step, output } = settings.artifact;
    const { artifact } = inputOf(context, `${seededStep(step, seed)}/${output}`);
    context.progress(`scoring the model of seed ${seed}`, null);
    const scored = await scoreSeed(request, { seed, artifact: artifact.digest, signature });
    models.push({ seed, artifact: artifact.digest, lacks: scored.lacks });
    if (scored.lacks !== null) continue;
    const table = quoteName(`seed.${seed}`);
    joins.push(`LEFT JOIN read_parquet(${quoteText(scored.path)}) ${table} ON ${table}.row = p.row`);
    columns.push(`${table}.prediction AS ${table}`);
    if (signature.task === 'multiclass' || signature.task === 'multilabel')
      columns.push(`${table}.probabilities AS ${quoteName(`seed.${seed}.probabilities`)}`);
  }
  await engine.run(
    `COPY (SELECT ${['p.*', ...columns].join(', ')} FROM read_parquet(${quoteText(predictions)}) p ${joins.join(' ')} ORDER BY p.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
  return models;
}

interface ToScore {
  readonly seed: number;
  readonly artifact: Digest;
  readonly signature: Signature;
}

/** That one of them cannot be run is told and no error: another one is released. */
async function scoreSeed(
  { context, settings, program, testSet, candidate }: SeedsRequest,
  { seed, artifact, signature }: ToScore,
): Promise<{ readonly path: string; readonly lacks: string | null }> {
  const folder = join(await context.workspace(), 'seeds', String(seed));
  await mkdir(folder, { recursive: true });
  const file = join(folder, settings.artifact.file);
  const path = join(folder, 'predictions.parquet');
  try {
    await context.store.checkOut(artifact, file);
    await requireSafe({ model: settings.model, path: file, flavor: candidate.runnable.flavor, trust: settings.trust });
    await program.score({ ...candidate.runnable, path: file }, { signature, input: testSet.path, output: path });
    return { path, lacks: null };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof TidegateError)) throw error;
    return { path, lacks: error.diagnostics[0].message };
  }
}
