import { judgeDrift, openEngine, quoteText } from '@tidegate/runtime';
import { halfColumn } from '../../../packages/core/src/data/drift/count-columns.ts';
import { currentColumn, valueSql } from '../../../packages/core/src/data/drift/current-column.ts';
import { referenceColumn } from '../../../packages/core/src/data/drift/reference-column.ts';
import type { Cell } from './cells.ts';

/** What a tool said in one repeat. */
export interface Said {
  /** Columns with an alarm: c0, c1, … */
  readonly alarms: readonly string[];
  /** Columns that were not judged for want of rows; always none where a tool does not say so. */
  readonly open: number;
}

/** One thread, so that halves are the same each time. Judges every repeat of a cell as monitors and `tidegate data drift` do, with their defaults and by rows. */
export async function judgeCell(file: string, { columns, kind }: Cell, repeats: number): Promise<readonly Said[]> {
  using engine = await openEngine({ threads: 1 });
  const type = kind === 'numbers' ? 'number' : 'string';
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  const all: Said[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [side, table] of ['before', 'after'].entries())
      await engine.run(
        `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT *, (hash(row_number() OVER ()) % 2)::INT AS "${halfColumn}" FROM read_parquet(${quoteText(file)}) WHERE repeat = ${repeat} AND side = ${side}`,
      );
    const binned = [];
    for (const name of names) {
      const value = valueSql(name, { type });
      const reference = await referenceColumn(engine, { table: 'before', value }, { name, type, role: 'input' });
      binned.push((await currentColumn(engine, { table: 'after', value }, reference)).binned);
    }
    const judged = judgeDrift(binned, { falseAlarms: 0.01, floor: 0.1 });
    all.push({
      alarms: names.filter((_, index) => judged[index]?.verdict === 'fail'),
      open: judged.filter(({ verdict }) => verdict === 'inconclusive').length,
    });
  }
  return all;
}
