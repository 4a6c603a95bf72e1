import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import { readRecord } from '../../../packages/core/src/store/objects/read-record.ts';
import { diffTables } from '../../../packages/core/src/data/tables/diff-tables.ts';
import { changes, writeChanged, writeFirst } from '../byte-mode/tables.ts';
import { type Cost, costOf } from './changes-case.ts';
import { emptied, tidegateTables } from './table-store.ts';

export interface Difference {
  readonly changed: number;
  readonly rounds: readonly Cost[];
}

/** How long it takes to tell which rows of a table differ from those of another version in which one row in a hundred is another one in 14 columns. */
export async function playDifference(
  folder: string,
  { rows, rounds }: { readonly rows: number; readonly rounds: number },
): Promise<Difference> {
  using tables = tidegateTables(folder);
  const [first, second] = [join(folder, 'first.parquet'), join(folder, 'second.parquet')];
  await writeFirst(first, rows);
  await tables.keep(first);
  const change = changes.find(({ name }) => name === 'scattered 1 %, 14 columns');
  if (change === undefined) throw new Error('There is no such change');
  await writeChanged(first, second, change);
  await tables.keep(second);
  const wanted = await differing(first);
  rmSync(first);
  rmSync(second);
  const [one, other] = tables.versions;
  if (one === undefined || other === undefined) throw new Error('Two versions are needed');
  const [before, after] = [
    await readRecord(tables.objects, 'tidegate.table/1', one),
    await readRecord(tables.objects, 'tidegate.table/1', other),
  ];
  const found: Cost[] = [];
  for (let round = 0; round < rounds; round++)
    found.push(
      await costOf(async () => {
        const scratch = emptied(join(folder, 'diff'));
        using left = await openEngine({ threads: 1, spill: join(scratch, 'spill-1') });
        using right = await openEngine({ threads: 1, spill: join(scratch, 'spill-2') });
        const request = { before, after, limit: 10, store: tables.objects, scratch, signal: new AbortController().signal };
        const { added, removed, changed, changedColumns } = await diffTables([left, right], request);
        const told = [added, removed, changed, changedColumns.length];
        if (String(told) !== String([0, 0, wanted, 14]))
          throw new Error(`The difference is wrong: ${told.join()}, and ${wanted} rows differ`);
      }),
    );
  return { changed: wanted, rounds: found };
}

/** Rows that the change takes, counted by its own rule. */
async function differing(first: string): Promise<number> {
  using engine = await openEngine({ threads: 2 });
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM read_parquet(${quoteText(first)}) WHERE hash(id, 7) % 100 = 0`);
  return Number(row?.['rows']);
}
