import { type Column, type DatasetVersion, TidegateError } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { DataContract } from '../../../packages/core/src/data/contract/data-contract.ts';
import { furtherRules } from '../../../packages/core/src/data/further/further-rules.ts';
import type { Relation } from '../../../packages/core/src/data/further/further-place.ts';
import { judgeFurther } from '../../../packages/core/src/data/further/judge-further.ts';
import type { Alarm, DeliveredVersion } from './detector.ts';
import { measureFile } from './measure-file.ts';

/** What the other table is called in a data contract. */
export const parentName = 'parent';

/** What checks beyond the rows of a version say against it, as its step `checks.NAME` would: against the other table, and against the clock. */
export async function alarmsBeyond(
  engine: Engine,
  { file, parent }: DeliveredVersion,
  { contract, now }: { readonly contract: DataContract; readonly now: number },
): Promise<readonly Alarm[]> {
  const rules = furtherRules(contract);
  if (rules.length === 0) return [];
  try {
    const version = await measureFile(engine, file, { contract: null, time: null });
    const others = new Map(
      parent === null
        ? []
        : [[parentName, relation(parentName, parent, (await measureFile(engine, parent, { contract: null, time: null })).columns)]],
    );
    const findings = await judgeFurther(rules, {
      engine,
      version,
      own: relation('planted', file, version.columns),
      keys: [],
      others,
      former: [],
      versions: new Map<string, DatasetVersion>(),
      now,
      askPython: () => Promise.reject(new Error('No function is asked here')),
    });
    return findings.filter(({ result }) => result.verdict === 'fail').map(({ result: { name, column } }) => ({ name, column }));
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return []; // that it cannot be read is said by the checks of its rows
  }
}

function relation(dataset: string, file: string, columns: readonly Column[]): Relation {
  return { dataset, sql: `(SELECT * FROM read_parquet(${quoteText(file)}))`, columns, personal: new Set() };
}

/** When rows came last, and the longest that nothing came, both in milliseconds; null without a value. */
export async function rhythmOf(
  engine: Engine,
  file: string,
  time: string,
): Promise<{ readonly newest: number; readonly gap: number } | null> {
  const moments = `SELECT DISTINCT epoch_ms(CAST(${quoteName(time)} AS TIMESTAMP)) AS moment FROM read_parquet(${quoteText(file)}) WHERE isfinite(${quoteName(time)})`;
  const [row = {}] = await engine.rows(
    `SELECT max(moment)::DOUBLE AS newest, max(gap)::DOUBLE AS gap FROM (SELECT moment, moment - lag(moment) OVER (ORDER BY moment) AS gap FROM (${moments}))`,
  );
  const [newest, gap] = [row['newest'], row['gap']];
  return typeof newest === 'number' && typeof gap === 'number' ? { newest, gap } : null;
}

/** Classes of a column with how many of the rows have them, the most frequent first. */
export async function classesOf(
  engine: Engine,
  file: string,
  column: string,
): Promise<readonly { readonly value: string; readonly rows: number }[]> {
  const found = await engine.rows(
    `SELECT CAST(${quoteName(column)} AS VARCHAR) AS value, count(*) AS n FROM read_parquet(${quoteText(file)}) WHERE ${quoteName(column)} IS NOT NULL GROUP BY ALL ORDER BY n DESC, value LIMIT 20`,
  );
  return found.map((row) => ({ value: String(row['value']), rows: Number(row['n']) }));
}
