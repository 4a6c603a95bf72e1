import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { CustomMetricConfig, Named } from '../../config/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import type { TestSet } from '../test-set.ts';
import { askMetric } from './ask-metric.ts';

export interface CustomMetricsRequest {
  readonly context: StepContext;
  readonly engine: Engine;
  /** Those of rows. */
  readonly metrics: Named<CustomMetricConfig>;
  readonly testSet: TestSet;
  readonly label: string;
  readonly python: string;
  readonly hasChampion: boolean;
  /** What `writePredictions` wrote. */
  readonly predictions: string;
  readonly to: string;
}

/**
 * Asks the user's functions what each labelled row contributes to their metrics, for the predictions of both models, and adds it to the
 * predictions as columns, so that a verdict can be computed again without Python.
 *
 * @throws TG-MODELS-METRIC-FUNCTION
 */
export async function addCustomMetrics(request: CustomMetricsRequest): Promise<void> {
  const { engine, metrics, predictions, to, hasChampion } = request;
  const models = hasChampion ? (['prediction', 'champion'] as const) : (['prediction'] as const);
  const columns: string[] = [];
  const joins: string[] = [];
  for (const model of models) {
    const rows = await metricRows(request, { model });
    const writeRows = (path: string): Promise<void> => engine.run(`COPY (${rows}) TO ${quoteText(path)} (FORMAT json)`);
    for (const [name, metric] of Object.entries(metrics)) {
      const answer = await askMetric({ ...request, name, metric, about: `${model}-${name}`, writeRows, told: {} });
      const table = quoteName(`${model}.${name}`);
      joins.push(
        `LEFT JOIN read_json(${quoteText(answer)}, format = 'newline_delimited', columns = {row: 'BIGINT', value: 'DOUBLE', per: 'DOUBLE'}) ${table} ON ${table}.row = p.row`,
      );
      const prefix = model === 'prediction' ? 'custom' : 'champion_custom';
      columns.push(`${table}.value AS ${quoteName(`${prefix}.${name}`)}`, `${table}.per AS ${quoteName(`${prefix}.${name}.per`)}`);
    }
  }
  await engine.run(
    `COPY (SELECT p.*, ${columns.join(', ')} FROM read_parquet(${quoteText(predictions)}) p ${joins.join(' ')} ORDER BY p.row)
     TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  );
}

/** SELECT of the labelled rows: the columns of the test set with what a model predicts of them, in their order. */
export async function metricRows(
  { engine, testSet, label, predictions }: Pick<CustomMetricsRequest, 'engine' | 'testSet' | 'label' | 'predictions'>,
  { model, where = 'true' }: { readonly model: 'prediction' | 'champion'; readonly where?: string },
): Promise<string> {
  const described = await engine.describe(`SELECT * FROM read_parquet(${quoteText(predictions)}) LIMIT 0`);
  const probabilities = model === 'prediction' ? 'probabilities' : 'champion_probabilities';
  const given = [
    `p.row AS tidegate_row`,
    `p.${model} AS prediction`,
    ...(described.some(({ name }) => name === probabilities) ? [`p.${probabilities} AS probabilities`] : []),
  ];
  const known = model === 'champion' ? ' AND p.champion_known' : '';
  const names = given.map((one) => one.replace(/^.* AS /, ''));
  const own = testSet.columns.filter((column) => !names.includes(column)).map((column) => `t.${quoteName(column)}`);
  return `SELECT ${[...given, ...own].join(', ')} FROM read_parquet(${quoteText(predictions)}) p
     JOIN read_parquet(${quoteText(testSet.path)}, file_row_number = true) t ON t.file_row_number = p.row
     WHERE t.${quoteName(label)} IS NOT NULL AND p.label IS NOT NULL${known} AND (${where}) ORDER BY p.row`;
}
