import { basename, extname } from 'node:path';
import { failure, type LogicalType } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { type DriftSide, logicalTypeOf, type NamedSide } from '../../../data/index.ts';
import { trainingSetOf } from '../../../models/index.ts';
import { readRecord } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { liveReleases } from './live-releases.ts';

/** The rows of a Parquet or CSV file, taken as rows of a dataset. @throws TG-CLI-NOT-FOUND */
export async function sideOfFile(
  engine: Engine,
  path: string,
  { time, personal }: { readonly time: string | null; readonly personal: ReadonlySet<string> },
): Promise<NamedSide> {
  const source = /\.(csv|tsv)$/i.test(path)
    ? `read_csv(${quoteText(path)})`
    : extname(path) === '.jsonl'
      ? `read_json(${quoteText(path)})`
      : `read_parquet(${quoteText(path)})`;
  const sql = `SELECT * FROM ${source}`;
  const found = await engine.describe(sql).catch((error: Error) => {
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot read the rows of "${path}": ${error.message.split('\n')[0]}`,
      'Give a Parquet file, or one that is called .csv, .tsv or .jsonl',
      error,
    );
  });
  const columns = found.map(({ name, type }): { name: string; type: LogicalType; personal: boolean } => ({
    name,
    type: logicalTypeOf(type),
    personal: personal.has(name),
  }));
  const isThere = columns.some(({ name }) => name === time);
  return { sql, columns, time: isThere ? time : null, name: basename(path), version: null };
}

/**
 * What a live model of the last environment was trained on: of several the set that has most columns of the dataset.
 *
 * @throws TG-CLI-NOT-FOUND when no model is live, or its training set is not known or has no column of the dataset
 */
export async function sideOfTraining(project: Project, engine: Engine, { columns }: DriftSide): Promise<NamedSide> {
  const { state, store } = project;
  const own = new Map(columns.map((column) => [column.name, column]));
  let best: NamedSide | null = null;
  for (const { model } of await liveReleases(project)) {
    const training = await trainingSetOf({ state, store }, await readRecord(store, 'tidegate.model-version/1', model.version));
    if (training === null) continue;
    const shared = (await engine.describe(training.sql)).flatMap(({ name: column, type }) => {
      const known = own.get(column);
      return known === undefined ? [] : [{ name: column, type: logicalTypeOf(type), personal: known.personal }];
    });
    if (shared.length > (best?.columns.length ?? 0))
      best = {
        sql: training.sql,
        columns: shared,
        time: training.time,
        name: `what the live model ${model.name} was trained on`,
        version: null,
      };
  }
  if (best !== null) return best;
  throw failure(
    'TG-CLI-NOT-FOUND',
    'Cannot find what a live model was trained on: none is live, or its training set is not known here or has none of these columns',
    'Deploy a model first, or name a version to compare with',
  );
}
