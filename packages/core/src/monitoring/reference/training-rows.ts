import type { DriftReference } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import { type TrainingSet, trainingSetOf } from '../../models/index.ts';
import type { ReferenceSources } from '../drift/drift-reference.ts';
import type { LiveModel } from '../watched.ts';
import { spanMsOf } from './training-span.ts';

/** Rows that a model was trained on: all of them, or those that its reference keeps. */
export interface TrainingRows extends Pick<TrainingSet, 'sql' | 'time'> {
  /** What they are drawn from; null where they are all. */
  readonly drawn: { readonly of: number } | null;
  readonly spanMs: number | null;
}

/** The sample of the reference; where it has none the training set itself; null when that is no longer kept either. */
export async function trainingRowsOf(
  { state, store, engine }: ReferenceSources,
  { version }: Pick<LiveModel, 'version'>,
  { sample }: Pick<DriftReference, 'sample'>,
): Promise<TrainingRows | null> {
  if (sample !== undefined && (await store.has(sample.rows))) {
    const sql = `SELECT * FROM read_parquet(${quoteText(await store.pathOf(sample.rows))})`;
    return { sql, time: sample.time, drawn: { of: sample.of }, spanMs: sample.spanMs };
  }
  const training = await trainingSetOf({ state, store }, version);
  if (training === null) return null;
  return { sql: training.sql, time: training.time, drawn: null, spanMs: await spanMsOf(engine, training) };
}
