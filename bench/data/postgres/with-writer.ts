import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import type { PostgresServer } from '../../../packages/core/src/data/sources/fixtures/postgres-server.ts';
import type { Project } from '../../../packages/core/src/project/project.ts';
import type { ReadSource } from '../../../packages/core/src/project/sources/read-source.ts';

/** Somebody who changes, adds and removes rows of a table as fast as the server lets him, a transaction each time. */
export interface Writer {
  readonly committed: () => number;
  readonly stop: () => Promise<void>;
}

/** Transactions that the server is asked for in one call. */
const atATime = 100;

export function startWriter(server: PostgresServer, table: string, rows: number): Writer {
  let [isOver, committed] = [false, 0];
  const work = (async () => {
    for (; !isOver; committed += atATime)
      await server.run(`DO $$ DECLARE one bigint; BEGIN FOR turn IN ${committed + 1}..${committed + atATime} LOOP
        one := (turn::bigint * 7919) % ${rows};
        UPDATE ${table} SET amount = amount + 1, note = 'written ' || id WHERE id IN (one, (one * 31) % ${rows});
        INSERT INTO ${table} SELECT ${rows} + turn, at, place, temperature, amount, name, flag, note FROM ${table} WHERE id = one;
        DELETE FROM ${table} WHERE id = (turn::bigint * 104729) % ${rows};
        COMMIT;
      END LOOP; END $$`);
  })();
  return {
    committed: () => committed,
    stop: async () => {
      isOver = true;
      await work;
    },
  };
}

const sums = 'count(*) AS rows, sum(id) AS ids, sum(amount) AS amounts, sum(length(note)) AS notes, count(*) FILTER (WHERE flag) AS flags';

/** Whether the rows that were read are those of the server, by their number and sums. @returns what was compared */
export async function sumsOf(
  { server, project, place }: { readonly server: PostgresServer; readonly project: Project; readonly place: string },
  { table, read }: { readonly table: string; readonly read: ReadSource },
): Promise<{ readonly here: string; readonly there: string }> {
  const folder = join(place, 'sums');
  mkdirSync(folder);
  await project.store.checkOutTree(read.tree, folder);
  using engine = await openEngine();
  const [here = {}] = await engine.rows(`SELECT ${sums} FROM read_parquet(${quoteText(join(folder, '**/*.parquet'))})`);
  rmSync(folder, { recursive: true });
  const [there = {}] = await server.run(`SELECT ${sums} FROM ${table}`);
  return { here: wordsOf(here), there: wordsOf(there) };
}

const wordsOf = (row: object): string =>
  Object.entries(row)
    .map(([name, value]) => `${name} ${Number(value).toFixed(0)}`)
    .join(', ');
