import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { type Engine, openEngine, type Row } from '@tidegate/runtime';
import { mkdtemp, rm, tmpdir } from '../../platform/index.ts';
import { folderObjectStore, type ObjectStore, readRecord } from '../../store/index.ts';
import { sqlList } from '../read/sql-path.ts';
import type { RowOrder } from './rows/row-order.ts';
import { storeTable, type StoredTable } from './store-table.ts';
import { tableParts } from './table-parts.ts';

/** For tests: a store and an engine of their own, and tables in them. */
export interface TestTables {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly scratch: string;
  /** Stores the rows of a query as the table `t`. */
  readonly put: (rows: string, previous?: Digest | null, order?: Partial<RowOrder>) => Promise<StoredTable>;
  /** A SELECT over the plain files of a version, as another program would read them. */
  readonly partsSql: (table: Digest) => Promise<string>;
  readonly rowsOf: (table: Digest, query?: string) => Promise<readonly Row[]>;
}

/** @param rowsPerGroup of a table's first version */
export async function testTables(t: TestContext, rowsPerGroup = 400): Promise<TestTables> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-tables-'));
  const engine = await openEngine({ threads: 1 });
  const store = folderObjectStore(join(folder, 'objects'));
  t.after(async () => {
    engine[Symbol.dispose]();
    store[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const scratch = join(folder, 'scratch');
  const { signal } = new AbortController();
  const partsSql: TestTables['partsSql'] = async (table) => {
    const record = await readRecord(store, 'tidegate.table/1', table);
    const entries = await tableParts(() => openEngine({ threads: 1 }), { store, record, scratch, signal });
    const files = await Promise.all(entries.map(async ({ digest }) => ({ object: await store.pathOf(digest) })));
    return `SELECT * FROM read_parquet(${sqlList(files)})`;
  };
  return {
    engine,
    store,
    scratch,
    put: (rows, previous = null, { key = ['id'], partition = null } = {}) =>
      storeTable(engine, { rows, key, partition, store, scratch, folder: 'data/t', dataset: 't', previous, rowsPerGroup, signal }),
    partsSql,
    rowsOf: async (table, query = 'SELECT * FROM t') => engine.rows(query.replace(/\bt\b/, `(${await partsSql(table)})`)),
  };
}
