import { join } from 'node:path';
import type { Artifact, FeatureColumn, ReferenceSample } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { binning, drawColumn, drawnRows, mostJointRows, mostLists, mostSlicedColumns, mostSlicedRows } from '../../data/index.ts';
import type { TrainingSet } from '../../models/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { spanMsOf } from './training-span.ts';

/** Characters of a text that are kept. */
const longestText = 10_000;

export interface SampleToKeep {
  readonly training: TrainingSet;
  /** Those that the training set has. */
  readonly inputs: readonly FeatureColumn[];
  readonly store: Pick<ObjectStore, 'putFile'>;
  /** For the file, until it is stored. */
  readonly folder: string;
}

/**
 * Keeps about 20,000 rows of a training set, of more than 40 inputs about 5,000, of lists about 1,500: as many as judging columns together and slices looks at. Rows are chosen by a hash of their place, as those
 * that are judged are, so that the same ones are judged whether the training set is at hand or not.
 */
export async function keepTrainingSample(
  engine: Engine,
  { training, inputs, store, folder }: SampleToKeep,
): Promise<{ readonly sample: ReferenceSample; readonly artifact: Artifact }> {
  const [counted = {}] = await engine.rows(`SELECT count(*) AS rows FROM (${training.sql})`);
  const of = Number(counted['rows']);
  const most = inputs.length > mostSlicedColumns ? mostJointRows : mostSlicedRows;
  const names = inputs.map(({ name }) => name);
  const time = training.time !== null && !names.includes(training.time) ? [training.time] : [];
  const rows = `SELECT ${[...names, ...time].map(quoteName).join(', ')} FROM (${training.sql})`;
  const cells = [...inputs.map(cellSql), ...time.map(quoteName), quoteName(drawColumn)];
  const file = join(folder, 'sample.parquet');
  await engine.run(
    `COPY (SELECT ${cells.join(', ')} FROM (${drawnRows(rows, { of, most })})) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const { digest, bytes } = await store.putFile(file);
  return {
    sample: { rows: digest, of, time: training.time, spanMs: await spanMsOf(engine, training) },
    artifact: { kind: 'file', digest, bytes, files: 1 },
  };
}

function cellSql({ name, type }: FeatureColumn): string {
  const column = quoteName(name);
  if (type === 'array') return `CASE WHEN ${quoteName(drawColumn)} < ${mostLists} THEN ${column} END AS ${column}`;
  return type === 'string' ? `left(CAST(${column} AS VARCHAR), ${longestText}) AS ${column}` : column;
}

/** Whether a sample keeps it: numbers, classes, texts and lists. */
export function isSampled({ type }: FeatureColumn): boolean {
  return binning(type) !== null || type === 'array';
}
