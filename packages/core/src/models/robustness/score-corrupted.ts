import { join } from 'node:path';
import { type Signature, TidegateError } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { mkdir } from '../../platform/index.ts';
import type { ModelProgram, RunnableModel } from '../serving-process.ts';
import type { TestSet } from '../test-set.ts';
import { type Corruption, writeCorrupted } from './corruptions.ts';

export interface RobustnessRequest {
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly testSet: TestSet;
  readonly corruptions: readonly Corruption[];
  readonly share: number;
  /** The test set with its features as they were before, a Parquet file; asked for `stale` alone. Null where there are no features. */
  readonly stale: () => Promise<string | null>;
  readonly candidate: ScoredModel;
  /** Null when there is none, or when it does not take the columns of these rows. */
  readonly champion: ScoredModel | null;
  readonly folder: string;
  /** What is judged by so far. */
  readonly predictions: string;
  readonly to: string;
}

export interface ScoredModel {
  readonly runnable: RunnableModel;
  readonly signature: Signature;
}

/** What became of one corruption. */
export interface CorruptedSet {
  readonly corruption: Corruption;
  /** Why the candidate was not asked, or does not answer; null when its predictions are there. */
  readonly lacks: { readonly kind: 'no-input' | 'refused'; readonly text: string } | null;
  readonly hasChampion: boolean;
}

/**
 * Lets both models predict the test set with spoiled inputs, and adds what they say to the predictions: `robust.NAME` and
 * `champion_robust.NAME`, with `.probabilities` of several classes or labels.
 */
export async function addCorrupted(request: RobustnessRequest): Promise<readonly CorruptedSet[]> {
  const { engine, testSet, candidate, champion, folder, predictions, to } = request;
  await mkdir(folder, { recursive: true });
  const sets: CorruptedSet[] = [];
  const columns: string[] = [];
  const joins: string[] = [];
  const add = (prefix: string, corruption: Corruption, output: string): void => {
    const table = quoteName(`${prefix}.${corruption}`);
    joins.push(`LEFT JOIN read_parquet(${quoteText(output)}) ${table} ON ${table}.row = p.row`);
    columns.push(`${table}.prediction AS ${table}`);
    if (candidate.signature.task === 'multiclass' || candidate.signature.task === 'multilabel')
      columns.push(`${table}.probabilities AS ${quoteName(`${prefix}.${corruption}.probabilities`)}`);
  };
  for (const corruption of request.corruptions) {
    const input = await writeCorrupted(engine, {
      testSet,
      inputs: candidate.signature.inputs,
      corruption,
      share: request.share,
      stale: corruption === 'stale' ? await request.stale() : null,
      to: join(folder, `${corruption}.parquet`),
    });
    if (input === null) {
      sets.push({ corruption, lacks: { kind: 'no-input', text: '' }, hasChampion: false });
      continue;
    }
    const output = join(folder, `${corruption}.candidate.parquet`);
    const refused = await scored(request.program, candidate, input, output);
    if (refused !== null) {
      sets.push({ corruption, lacks: { kind: 'refused', text: refused }, hasChampion: false });
      continue;
    }
    add('robust', corruption, output);
    const theirs = join(folder, `${corruption}.champion.parquet`);
    const hasChampion = champion !== null && (await scored(request.program, champion, input, theirs)) === null;
    if (hasChampion) add('champion_robust', corruption, theirs);
    sets.push({ corruption, lacks: null, hasChampion });
  }
  await engine.run(
    `COPY (SELECT ${['p.*', ...columns].join(', ')} FROM read_parquet(${quoteText(predictions)}) p ${joins.join(' ')} ORDER BY p.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
  return sets;
}

/** @returns why the model does not answer; null when it does */
async function scored(program: ModelProgram, { runnable, signature }: ScoredModel, input: string, output: string): Promise<string | null> {
  try {
    await program.score(runnable, { signature, input, output });
    return null;
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return error.diagnostics[0].message;
  }
}
