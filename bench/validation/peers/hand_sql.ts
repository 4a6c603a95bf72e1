import { readFileSync } from 'node:fs';
import { openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { AskedCheck } from '../sixty-checks.ts';
import { columns } from '../sixty-checks.ts';

/**
 * The floor: the checks as one writes them by hand in one statement for DuckDB, and with `profile` also what a profile has: counts, extremes, moments, quantiles
 * and distinct values in the same scan, histograms and frequent values in a second one. `node hand_sql.ts FILE CHECKS checks|profile`
 */
const [path = '', file = '', mode] = process.argv.slice(2);
const checks = JSON.parse(readFileSync(file, 'utf8')) as readonly AskedCheck[];
using engine = await openEngine({ threads: 2 });
const table = `read_parquet(${quoteText(path)})`;
const numbers: readonly string[] = columns.filter((name) => /^(id|a\d|n\d|price|rare|batch)$/.test(name));
const texts = columns.filter((name) => /^(c\d|code|flag)$/.test(name));
const measured = mode === 'profile' ? columns.flatMap(profileOf) : [];
const [row = {}] = await engine.rows(`SELECT ${[...checks.map(failing), ...measured].join(', ')} FROM ${table}`);
if (mode === 'profile') {
  const bins = numbers.map((name) => {
    const [low, high] = [Number(row[`${name} low`]), Number(row[`${name} high`])];
    const width = (high - low) / 20;
    return `histogram(${quoteName(name)}, [${Array.from({ length: 21 }, (_, bin) => low + bin * width).join(', ')}])`;
  });
  await engine.rows(`SELECT ${[...bins, ...texts.map((name) => `approx_top_k(${quoteName(name)}, 20)`)].join(', ')} FROM ${table}`);
}
console.log(JSON.stringify(Object.fromEntries(checks.flatMap(({ name }) => (Number(row[name]) > 0 ? [[name, Number(row[name])]] : [])))));

function failing(check: AskedCheck): string {
  const name = quoteName(check.name);
  const column = check.column === null ? '' : quoteName(check.column);
  switch (check.kind) {
    case 'null':
      return `count(*) FILTER (${column} IS NULL) AS ${name}`;
    case 'min':
      return `count(*) FILTER (${column} < ${limitOf(check.limit)}) AS ${name}`;
    case 'max':
      return `count(*) FILTER (${column} > ${limitOf(check.limit)}) AS ${name}`;
    case 'set':
      return `count(*) FILTER (${column} NOT IN (${check.values.map(quoteText).join(', ')})) AS ${name}`;
    case 'pattern':
      return `count(*) FILTER (NOT regexp_matches(${column}, ${quoteText(check.pattern)})) AS ${name}`;
    case 'length':
      return `count(*) FILTER (length(${column}) NOT BETWEEN ${check.min} AND ${check.max}) AS ${name}`;
    case 'unique':
      return `count(*) - count(DISTINCT ${column}) AS ${name}`;
    case 'nullShare':
      return `(count(*) FILTER (${column} IS NULL) > ${check.share} * count(*))::INTEGER AS ${name}`;
    case 'rows':
      return `(count(*) < ${check.least})::INTEGER AS ${name}`;
  }
}

function limitOf(limit: number | string): string {
  return typeof limit === 'number' ? String(limit) : `TIMESTAMP ${quoteText(limit)}`;
}

function profileOf(name: string): readonly string[] {
  const column = quoteName(name);
  const all = [
    `count(${column})`,
    `approx_count_distinct(${column})`,
    `min(${column}) AS ${quoteName(`${name} low`)}`,
    `max(${column}) AS ${quoteName(`${name} high`)}`,
  ];
  if (!numbers.includes(name)) return all;
  return [
    ...all,
    `avg(${column})`,
    `stddev_pop(${column}::DOUBLE)`,
    `approx_quantile(${column}::DOUBLE, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])`,
  ];
}
