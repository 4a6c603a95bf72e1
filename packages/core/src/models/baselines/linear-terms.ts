import type { FeatureColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';

/** Values of a text that get a term of their own, the most frequent ones. */
const mostValues = 20;
/** Terms of a linear model; columns beyond them are left out. */
const mostTerms = 100;

/**
 * The terms of a linear model over inputs, each as SQL of a number for a row of a table called `t`: numbers in standard deviations from
 * their mean with a missing one at the mean and a term that says so, texts by their frequent values. Worked out from the training rows.
 */
export async function linearTerms(engine: Engine, inputs: readonly FeatureColumn[], training: string): Promise<readonly string[]> {
  const terms: string[] = [];
  for (const input of inputs) {
    const own = await termsOf(engine, input, training);
    if (terms.length + own.length > mostTerms) break;
    terms.push(...own);
  }
  return terms;
}

async function termsOf(engine: Engine, { name, type }: FeatureColumn, training: string): Promise<readonly string[]> {
  switch (type) {
    case 'integer':
    case 'number':
      return numberTerms(engine, `CAST(t.${quoteName(name)} AS DOUBLE)`, training);
    case 'date':
    case 'timestamp':
      return numberTerms(engine, `CAST(epoch_ms(CAST(t.${quoteName(name)} AS TIMESTAMP)) AS DOUBLE)`, training);
    case 'boolean':
    case 'string':
      return valueTerms(engine, `CAST(t.${quoteName(name)} AS VARCHAR)`, training);
    case 'time':
    case 'object':
    case 'array':
      return [];
  }
}

async function numberTerms(engine: Engine, value: string, training: string): Promise<readonly string[]> {
  const finite = `CASE WHEN isfinite(${value}) THEN ${value} END`;
  const [row = {}] = await engine.rows(
    `SELECT avg(${finite}) AS mean, stddev_pop(${finite}) AS spread, count(*) - count(${finite}) AS missing, count(${finite}) AS present FROM (${training}) t`,
  );
  const [mean, spread, missing, present] = ['mean', 'spread', 'missing', 'present'].map((figure) => Number(row[figure] ?? Number.NaN));
  if (mean === undefined || spread === undefined || !Number.isFinite(mean) || !(spread > 0)) return [];
  const scaled = `coalesce((${finite} - (${mean})) / ${spread}, 0)`;
  return Number(missing) > 0 && Number(present) > 0 ? [scaled, `CAST(${finite} IS NULL AS DOUBLE)`] : [scaled];
}

async function valueTerms(engine: Engine, value: string, training: string): Promise<readonly string[]> {
  const rows = await engine.rows(
    `SELECT ${value} AS value, count(*) AS rows FROM (${training}) t WHERE ${value} IS NOT NULL GROUP BY 1 ORDER BY rows DESC, value LIMIT ${mostValues}`,
  );
  // a value that only one row has is an id
  const values = rows.filter((row) => Number(row['rows']) > 1).map((row) => String(row['value']));
  return values.map((one) => `CAST(coalesce(${value} = ${quoteText(one)}, false) AS DOUBLE)`);
}
