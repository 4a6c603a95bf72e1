import type { Signature } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { EvaluateConfig } from '../config/index.ts';
import { lastValueJoin, roleColumns, roleSql } from './row-roles.ts';
import { sliceValueSql } from './slice-columns.ts';
import type { TestSet } from './test-set.ts';

/** Predictions of the champion, as `score` wrote them. */
export interface ChampionPredictions {
  readonly output: string;
  /** The champion's own test set, matched by id; null when it was scored on the candidate's rows, matched by position. */
  readonly ownSet: string | null;
  /** SELECT of the rows it was trained on; null when that is not known. */
  readonly trainingSet: string | null;
}

export interface PredictionsRequest {
  readonly testSet: TestSet;
  readonly evaluate: Pick<EvaluateConfig, 'label' | 'slices' | 'weight' | 'cluster' | 'query' | 'forecast'>;
  readonly task: Signature['task'];
  /** What `score` wrote for the candidate. */
  readonly output: string;
  readonly champion: ChampionPredictions | null;
  readonly to: string;
}

/**
 * Writes what the gate judges by into one Parquet file: for each row of the test set, in order, its identity, label, the predictions
 * of both models, whether either was trained on it, and its slices. Format: docs/reference/formats/predictions.md.
 */
export async function writePredictions(engine: Engine, request: PredictionsRequest): Promise<void> {
  const { testSet, champion, to, evaluate } = request;
  const { slices } = evaluate;
  const columns = [
    't.file_row_number AS row',
    `${testSet.identity} AS id`,
    `${labelSql(request)} AS label`,
    ...slices.map((slice) => `${sliceValueSql(slice)} AS ${quoteName(`slice.${slice}`)}`),
    ...roleSql(evaluate),
  ];
  const last = await lastValueJoin(evaluate, testSet, rowsOf(testSet.path));
  await engine.run(`CREATE OR REPLACE TEMP TABLE judged AS SELECT ${columns.join(', ')} FROM ${rowsOf(testSet.path)} t ${last}`);
  await engine.run(`CREATE OR REPLACE TEMP TABLE champion AS ${championRows(request)}`);
  const candidateTrained = testSet.trainedOn === null ? null : await testSet.trainingSet(testSet.trainedOn);
  const trained = (sql: string | null): string => (sql === null ? 'false' : `j.id IN (SELECT ${testSet.identity} FROM (${sql}) t)`);
  const several = hasProbabilities(request);
  const selected = [
    'j.row, j.id, j.label',
    `p.prediction${several ? ', p.probabilities' : ''}`,
    `${trained(candidateTrained)} AS trained`,
    `c.known IS NOT NULL AS champion_known, c.prediction AS champion${several ? ', c.probabilities AS champion_probabilities' : ''}`,
    `${trained(champion?.trainingSet ?? null)} AS champion_trained`,
    ...slices.map((slice) => `j.${quoteName(`slice.${slice}`)}`),
    ...roleColumns(evaluate).map((role) => `j.${role}`),
  ];
  await engine.run(
    `COPY (SELECT ${selected.join(', ')} FROM judged j JOIN read_parquet(${quoteText(request.output)}) p ON p.row = j.row
     LEFT JOIN champion c ON c.${champion?.ownSet ? 'id = j.id' : 'row = j.row'} ORDER BY j.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}

/** A label that is not a number counts as no label, in text too: that is how some tools write a missing one. */
function labelSql({ evaluate: { label }, task }: PredictionsRequest): string {
  if (task === 'multilabel') return `CAST(t.${quoteName(label)} AS VARCHAR[])`;
  if (task !== 'regression') return `nullif(CAST(t.${quoteName(label)} AS VARCHAR), 'nan')`;
  const value = `CAST(t.${quoteName(label)} AS DOUBLE)`;
  return `CASE WHEN isfinite(${value}) THEN ${value} END`;
}

/** Whether a row has one for each class or label. */
function hasProbabilities({ task }: Pick<PredictionsRequest, 'task'>): boolean {
  return task === 'multiclass' || task === 'multilabel';
}

const predictionType = { binary: 'DOUBLE', multiclass: 'VARCHAR', multilabel: 'VARCHAR[]', regression: 'DOUBLE' } as const;

/** The first of several rows with one id counts; that ids are unique is judged elsewhere. */
function championRows({ champion, testSet, task }: PredictionsRequest): string {
  const prediction = hasProbabilities({ task }) ? 'p.prediction, p.probabilities' : 'p.prediction';
  if (champion === null)
    return `SELECT NULL::BIGINT AS row, NULL::VARCHAR AS id, NULL::BOOLEAN AS known, NULL::${predictionType[task]} AS prediction, NULL::DOUBLE[] AS probabilities LIMIT 0`;
  const output = `read_parquet(${quoteText(champion.output)}) p`;
  if (champion.ownSet === null) return `SELECT p.row, NULL::VARCHAR AS id, true AS known, ${prediction} FROM ${output}`;
  return `SELECT NULL::BIGINT AS row, ${testSet.identity} AS id, true AS known, ${prediction} FROM ${rowsOf(champion.ownSet)} t
    JOIN ${output} ON p.row = t.file_row_number QUALIFY row_number() OVER (PARTITION BY ${testSet.identity} ORDER BY t.file_row_number) = 1`;
}

function rowsOf(path: string): string {
  return `read_parquet(${quoteText(path)}, file_row_number = true)`;
}
