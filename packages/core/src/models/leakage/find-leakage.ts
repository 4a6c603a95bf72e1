import type { FeatureColumn, Signature } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TestSet } from '../test-set.ts';

/** What was looked for in rows and features that would make a model look better than it is. */
export interface LeakageSearch {
  /** By input that a column can be explained by: how much of the label it explains alone. */
  readonly inputs: readonly InputStrength[];
  /** Test rows whose inputs and label a training row has too; null when training rows are not known, or most of them are alike anyway. */
  readonly repeated: { readonly rows: number; readonly of: number } | null;
  /** Training rows from the first test row on; null where rows have no time or training rows are not known. */
  readonly later: { readonly rows: number; readonly of: number } | null;
}

export interface InputStrength {
  readonly input: string;
  /** Whether it is the label itself in every row. */
  readonly isLabel: boolean;
  /**
   * Share of what a constant gets wrong that this input alone gets right, on rows other than those it was learned from: one minus the wrong
   * share, or the squared error, by those of a constant.
   */
  readonly explained: number;
}

export interface LeakageRequest {
  readonly testSet: TestSet;
  readonly signature: Signature;
  readonly label: string;
  /** Column with the moment of a row; null when it has none. */
  readonly time: string | null;
}

/** Bins of numbers, by their quantiles. */
const bins = 50;
/** Rows that are looked at of each set, chosen by hash. */
const mostRows = 50_000;

/** Looks for leakage in the rows of both sets. */
export async function findLeakage(engine: Engine, request: LeakageRequest): Promise<LeakageSearch> {
  const { testSet, signature } = request;
  const training = testSet.trainedOn === null ? null : await testSet.trainingSet(testSet.trainedOn);
  await takeSamples(engine, request, training);
  const inputs: InputStrength[] = [];
  if (signature.task !== 'multilabel')
    for (const input of signature.inputs.filter(({ type }) => type !== 'object' && type !== 'array')) {
      const strength = await strengthOf(engine, request, input);
      if (strength !== null) inputs.push(strength);
    }
  return {
    inputs: inputs.toSorted((a, b) => b.explained - a.explained),
    repeated: training === null ? null : await repeatedRows(engine, request, training),
    later: training === null || request.time === null ? null : await laterRows(engine, { ...request, time: request.time }, training),
  };
}

/** Tables `learned` and `asked`: the rows a strength is learned from, and others; halves of the test set where training rows are not known. */
async function takeSamples(engine: Engine, { testSet, label }: LeakageRequest, training: string | null): Promise<void> {
  const test = `SELECT * FROM read_parquet(${quoteText(testSet.path)})`;
  const sample = (rows: string, where: string): string =>
    `SELECT * FROM (${rows}) t WHERE t.${quoteName(label)} IS NOT NULL AND ${where} ORDER BY hash(${testSet.identity}) LIMIT ${mostRows}`;
  const half = `hash(${testSet.identity}, 1) % 2`;
  const [learned, asked] =
    training === null ? [sample(test, `${half} = 0`), sample(test, `${half} = 1`)] : [sample(training, 'true'), sample(test, 'true')];
  await engine.run(`CREATE OR REPLACE TEMP TABLE learned AS ${learned}`);
  await engine.run(`CREATE OR REPLACE TEMP TABLE asked AS ${asked}`);
}

async function strengthOf(engine: Engine, { signature, label }: LeakageRequest, input: FeatureColumn): Promise<InputStrength | null> {
  const isNumber = signature.task === 'regression';
  const text = `CAST(t.${quoteName(input.name)} AS VARCHAR)`;
  const truth = isNumber ? `CAST(t.${quoteName(label)} AS DOUBLE)` : `CAST(t.${quoteName(label)} AS VARCHAR)`;
  const bin = await binSql(engine, input, text);
  const learn = isNumber ? `avg(${truth})` : `mode(${truth})`;
  const wrong = isNumber ? `(a.truth - a.said) * (a.truth - a.said)` : `CAST(a.truth <> a.said AS INT)`;
  const base = isNumber ? `(a.truth - a.whole) * (a.truth - a.whole)` : `CAST(a.truth <> a.whole AS INT)`;
  const same = isNumber
    ? `TRY_CAST(t.${quoteName(input.name)} AS DOUBLE) IS NOT DISTINCT FROM ${truth}`
    : `${plain(text)} IS NOT DISTINCT FROM ${plain(truth)}`;
  const [row = {}] = await engine.rows(
    `WITH said AS (SELECT ${bin} AS bin, ${learn} AS said FROM learned t GROUP BY 1), whole AS (SELECT ${learn} AS whole FROM learned t),
     a AS (SELECT ${truth} AS truth, coalesce(s.said, w.whole) AS said, w.whole, ${same} AS same
       FROM asked t CROSS JOIN whole w LEFT JOIN said s ON s.bin IS NOT DISTINCT FROM ${bin})
     SELECT avg(${wrong}) AS wrong, avg(${base}) AS base, bool_and(same) AS same, count(DISTINCT truth) AS labels FROM a`,
  );
  const [own, constant] = [Number(row['wrong']), Number(row['base'])];
  if (!(constant > 0) || Number(row['labels']) < 2) return null;
  return { input: input.name, isLabel: row['same'] === true, explained: 1 - own / constant };
}

/** `true` and `1`, `2` and `2.0` are the same label. */
function plain(text: string): string {
  return `CASE lower(${text}) WHEN 'true' THEN '1.0' WHEN 'false' THEN '0.0' ELSE coalesce(CAST(TRY_CAST(${text} AS DOUBLE) AS VARCHAR), ${text}) END`;
}

async function binSql(engine: Engine, { name, type }: FeatureColumn, text: string): Promise<string> {
  if (type !== 'integer' && type !== 'number') return text;
  const value = `CAST(t.${quoteName(name)} AS DOUBLE)`;
  const [row = {}] = await engine.rows(
    `SELECT count(DISTINCT ${value}) AS different, quantile_cont(${value}, [${Array.from({ length: bins - 1 }, (_, place) => (place + 1) / bins).join(', ')}]) AS edges
     FROM learned t WHERE isfinite(${value})`,
  );
  if (Number(row['different']) <= bins) return text;
  const edges = [...new Set((row['edges'] as readonly number[] | null) ?? [])];
  return `len(list_filter([${edges.map((edge) => `CAST(${edge} AS DOUBLE)`).join(', ')}], lambda edge: edge < ${value}))`;
}

/** Rows that are alike in everything a model sees say nothing where most training rows have a twin among themselves. */
async function repeatedRows(
  engine: Engine,
  { testSet, signature, label }: LeakageRequest,
  training: string,
): Promise<LeakageSearch['repeated']> {
  if (signature.inputs.length === 0) return null;
  const content = `md5(concat_ws(chr(31), ${[...signature.inputs.map(({ name }) => name), label].map((name) => `coalesce(CAST(t.${quoteName(name)} AS VARCHAR), chr(30))`).join(', ')}))`;
  const [own = {}] = await engine.rows(`SELECT count(*) AS rows, count(DISTINCT ${content}) AS different FROM (${training}) t`);
  if (Number(own['different']) < Number(own['rows']) * 0.9) return null;
  const [row = {}] = await engine.rows(
    `SELECT count(*) AS rows, count(*) FILTER (${content} IN (SELECT ${content} FROM (${training}) t)) AS repeated FROM read_parquet(${quoteText(testSet.path)}) t`,
  );
  return { rows: Number(row['repeated']), of: Number(row['rows']) };
}

async function laterRows(
  engine: Engine,
  { testSet, time }: LeakageRequest & { readonly time: string },
  training: string,
): Promise<LeakageSearch['later']> {
  const moment = `CAST(t.${quoteName(time)} AS TIMESTAMP)`;
  const [row = {}] = await engine.rows(
    `SELECT count(*) AS rows, count(*) FILTER (${moment} >= (SELECT min(${moment}) FROM read_parquet(${quoteText(testSet.path)}) t)) AS later FROM (${training}) t`,
  );
  return { rows: Number(row['later']), of: Number(row['rows']) };
}
