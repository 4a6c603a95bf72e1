import { rmSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import { readRecord } from '../../../packages/core/src/store/objects/read-record.ts';
import { writeChanged, writeFirst } from '../byte-mode/tables.ts';
import { type Cost, costOf } from './changes-case.ts';
import { sameRows } from './same-rows.ts';
import { emptied, tidegateTables } from './table-store.ts';

export interface Depth {
  /** Most files that a row group is read from. */
  readonly layers: number;
  /** The last version put together, and the engine's own copy of what came of it, round by round. */
  readonly rounds: readonly { readonly read: Cost; readonly copy: Cost }[];
}

const changed = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'n1', 'n2', 'n3', 'n4'];

/** A table of which one row in a hundred changes in ten columns, time and again: what it costs to read the last version. */
export async function playDepth(
  folder: string,
  { rows, versions, rounds }: { readonly rows: number; readonly versions: number; readonly rounds: number },
): Promise<Depth> {
  using tables = tidegateTables(folder);
  const [path, next] = [join(folder, 'now.parquet'), join(folder, 'next.parquet')];
  await writeFirst(path, rows);
  await tables.keep(path);
  for (let version = 1; version < versions; version++) {
    const values = changed.map((name) => `CASE WHEN hash(id, ${100 + version}) % 100 = 0 THEN ${name} + 1 ELSE ${name} END AS ${name}`);
    await writeChanged(path, next, { name: '', query: (table) => `SELECT * REPLACE (${values.join(', ')}) FROM ${table}` });
    renameSync(next, path);
    await tables.keepNext(path);
  }
  const last = tables.versions.at(-1);
  if (last === undefined) throw new Error('No version was kept');
  const { groups } = await readRecord(tables.objects, 'tidegate.table/1', last);
  const found: { readonly read: Cost; readonly copy: Cost }[] = [];
  for (let round = 0; round < rounds; round++) {
    const back = emptied(join(folder, 'back'));
    let files: readonly string[] = [];
    const read = await costOf(async () => (files = await tables.putTogether(-1, back)));
    if (round === 0) await sameRows(path, files, 'The last version');
    const copy = await costOf(() => copyOf(files, next));
    found.push({ read, copy });
    rmSync(back, { recursive: true });
    rmSync(next);
  }
  return { layers: Math.max(...groups.map(({ layers }) => layers.length)), rounds: found };
}

/** The plain files read and written by the engine, with the settings of the parts of a table. */
async function copyOf(files: readonly string[], to: string): Promise<void> {
  using engine = await openEngine({ threads: 2 });
  await engine.run(
    `COPY (SELECT * FROM read_parquet([${files.map(quoteText).join(', ')}])) TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)`,
  );
}
