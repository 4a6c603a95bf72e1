import { join } from 'node:path';
import { type Digest, hexOf, type TableRecord, TidegateError, type Tree, type TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { mkdir, readTextIfThere, rm, writeFileAtomically } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { tableParts } from './table-parts.ts';

/**
 * A store in which a table is read like a tree, whose files are its parts, so that whoever reads trees reads tables as plain Parquet files. Parts that are no
 * objects of the version are put together when somebody asks for them, and kept until garbage collection takes them.
 *
 * @param folder where it is noted which parts a table has
 */
export function tablesAsTrees(store: ObjectStore, folder: string): ObjectStore {
  const underWay = new Map<Digest, Promise<Tree>>();
  const treeOf = (digest: Digest, record: TableRecord): Promise<Tree> => {
    const known = underWay.get(digest) ?? readParts(store, { digest, record, folder }).finally(() => underWay.delete(digest));
    underWay.set(digest, known);
    return known;
  };
  const orTable = async <T>(digest: Digest, tree: () => Promise<T>, table: (record: TableRecord) => Promise<T>): Promise<T> => {
    try {
      return await tree();
    } catch (error) {
      const record = isNoTree(error) ? await tableAt(store, digest) : null;
      if (record === null) throw error;
      return table(record);
    }
  };
  return {
    ...store,
    readTree: (digest) =>
      orTable(
        digest,
        () => store.readTree(digest),
        (record) => treeOf(digest, record),
      ),
    contentsOf: (digest) =>
      orTable(
        digest,
        () => store.contentsOf(digest),
        async (record) => ({ records: [digest], files: layersOf(record) }),
      ),
    checkOutTree: (digest, to, options) =>
      orTable(
        digest,
        () => store.checkOutTree(digest, to, options),
        async (record) => {
          const { entries } = await treeOf(digest, record);
          await store.checkOutTree((await store.putEntries(entries)).digest, to, options);
        },
      ),
  };
}

function isNoTree(error: unknown): boolean {
  return error instanceof TidegateError && error.diagnostics[0].code === 'TG-STORE-TREE';
}

/** The record of a table; null for whatever else the digest names. */
export async function tableAt(store: Pick<ObjectStore, 'readJson'>, digest: Digest): Promise<TableRecord | null> {
  const value: unknown = await store.readJson(digest);
  const isTable = typeof value === 'object' && value !== null && 'format' in value && value.format === 'tidegate.table/1';
  return isTable ? (value as TableRecord) : null;
}

/** The tree of a table's parts, where a digest names a table; any other stays as it is. */
export async function plainTree(store: ObjectStore, digest: Digest): Promise<Digest> {
  if ((await tableAt(store, digest)) === null) return digest;
  return (await store.putEntries((await store.readTree(digest)).entries)).digest;
}

function layersOf({ groups }: TableRecord): readonly { readonly digest: Digest; readonly bytes: number }[] {
  return groups.flatMap(({ layers }) => layers.map(({ digest, bytes }) => ({ digest, bytes })));
}

interface PartsOfTable {
  readonly digest: Digest;
  readonly record: TableRecord;
  readonly folder: string;
}

async function readParts(store: ObjectStore, { digest, record, folder }: PartsOfTable): Promise<Tree> {
  const note = join(folder, `${hexOf(digest)}.json`);
  const known = await knownParts(store, note);
  if (known !== null) return { entries: known, parts: [] };
  await store.fetch(layersOf(record));
  const scratch = await scratchFolder();
  try {
    let opened = 0;
    const open = (): ReturnType<typeof openEngine> =>
      openEngine({ threads: 1, memory: '1GB', spill: join(scratch, `spill-${(opened += 1)}`) });
    const entries = await tableParts(open, { store, record, scratch, signal: new AbortController().signal });
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(note, JSON.stringify(entries));
    return { entries, parts: [] };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What was put together before, if all of it is still there; from then on it is as young as what was just stored. */
async function knownParts(store: ObjectStore, note: string): Promise<readonly TreeEntry[] | null> {
  const text = await readTextIfThere(note);
  if (text === null) return null;
  try {
    const entries = JSON.parse(text) as readonly TreeEntry[];
    if ((await store.missing(entries)).length > 0) return null;
    for (const { digest } of entries) await store.putFile(await store.pathOf(digest), digest);
    return entries;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TidegateError) return null; // damaged: they are put together again
    throw error;
  }
}
