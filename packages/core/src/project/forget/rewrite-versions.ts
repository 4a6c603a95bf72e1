import { join } from 'node:path';
import type { Digest, ForgottenInVersion } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { type FindRequest, findRows, type FoundRows, type KeyRows, tableWithout, versionWithout } from '../../data/index.ts';
import { mkdir } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import type { DatasetVersions } from './dataset-versions.ts';
import { tombstonesOf } from './tombstones.ts';

/** A table with such rows, and where in it they are. */
export interface TableWithRows {
  readonly digest: Digest;
  readonly request: FindRequest;
  readonly found: FoundRows;
}

export interface SearchRequest {
  readonly known: DatasetVersions;
  readonly keys: KeyRows;
  /** For files of our own. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: (what: string, fraction: number | null) => void;
}

/** Tables with rows under one of the keys; how many keys some of them has. The engine knows the keys. */
export async function tablesWithRows(
  engine: Engine,
  project: Project,
  { known, keys, folder, signal, progress }: SearchRequest,
): Promise<{ readonly tables: readonly TableWithRows[]; readonly keysFound: number }> {
  const scratch = join(folder, 'table');
  await mkdir(scratch, { recursive: true });
  const { store } = project;
  const unfinished = new Set(tombstonesOf(project, null).flatMap(({ going, isDone }) => (isDone ? [] : going)));
  const [seen, matched] = [new Map<Digest, boolean>(), new Set<number>()];
  const tables: TableWithRows[] = [];
  let done = 0;
  for (const [digest, record] of known.tables) {
    progress('Look for the rows', done / known.tables.size);
    done += 1;
    if (unfinished.has(digest)) continue; // a forgetting that was killed: what is left of it goes by its tombstone
    await store.fetch(record.groups.flatMap(({ layers }) => layers));
    const request = { store, scratch, record, keys, seen, matched, signal };
    const found = await findRows(engine, request);
    if (found !== null) tables.push({ digest, request, found });
  }
  return { tables, keysFound: matched.size };
}

/** Which table stands in the place of which. */
export type NewTables = ReadonlyMap<Digest, Digest>;

/** A table that came back although another one stands in its place is not written anew: that one has also no row that was forgotten before. */
export async function writeTables(
  engine: Engine,
  { state, name }: Project,
  { tables, progress }: Pick<SearchRequest, 'progress'> & { readonly tables: readonly TableWithRows[] },
): Promise<NewTables> {
  const { newest } = replacements(state, name);
  const written = new Map<Digest, Digest>();
  for (const [at, { digest, request, found }] of tables.entries()) {
    if (newest(digest) !== digest) continue;
    progress('Write tables without the rows', at / tables.length);
    written.set(digest, await tableWithout(engine, request, found));
  }
  for (const { digest } of tables) if (!written.has(digest)) written.set(digest, written.get(newest(digest)) ?? newest(digest));
  return written;
}

/** The versions over these tables; with no new tables, as they are. */
export async function writeVersions(
  { store }: Project,
  tables: readonly TableWithRows[],
  { known, folder, signal, progress, written }: SearchRequest & { readonly written: NewTables | null },
): Promise<readonly ForgottenInVersion[]> {
  const rows = new Map(tables.map(({ digest, found }) => [digest, found.rows]));
  const versions: ForgottenInVersion[] = [];
  for (const [digest, before] of known.versions) {
    const [table, count] = [written?.get(before.tree), rows.get(before.tree)];
    if (count === undefined) continue;
    progress('Measure what is left', versions.length / known.versions.size);
    if (table === undefined) versions.push({ before: digest, after: digest, rows: count });
    else {
      const after = await versionWithout({ store, scratch: folder, before, table, hasFewer: count > 0, signal });
      versions.push({ before: digest, after: (await store.putJson(after)).digest, rows: count });
    }
  }
  return versions;
}
