import { type Digest, invariant, type Profile, type ProfilePart, type ProfileParts } from '@tidegate/formats';
import { mergeParts, profileOfPart } from '@tidegate/runtime';
import { concurrently } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { emptyFile } from '../read/csv-dialect.ts';
import type { DatasetTable } from '../read/dataset-table.ts';
import type { InTurn } from '../tables/side-by-side.ts';
import { type FormerPart, formerParts, partKey, readPart } from './parts/kept-parts.ts';
import { hashOfEngine, measureParts } from './parts/measure-parts.ts';

export interface KeptParts {
  /** Where parts are kept, and looked for. */
  readonly store: ObjectStore;
  /** The `profile.parts` of earlier versions, the newest first. */
  readonly former: readonly Digest[];
}

export interface ProfileRequest {
  readonly table: DatasetTable;
  /** Columns with values of persons: only counts of them are kept. */
  readonly personal: ReadonlySet<string>;
  /** Null: everything is measured, and only the figures are kept. */
  readonly parts: KeptParts | null;
}

export interface TableProfile {
  readonly profile: Profile;
  /** How many rows were read for it: those of files that no earlier version has. */
  readonly measuredRows: number;
}

/**
 * The profile of a table, merged from one part for each file, which is a row group where the dataset is kept as a table. Parts that an earlier version has are not measured again; the
 * profile is the same to the byte either way.
 */
export async function profileTable(hands: InTurn, request: ProfileRequest): Promise<TableProfile> {
  const { whole, measuredRows, keys, parts, former } = await wholeOf(hands, request);
  if (request.parts === null) return { profile: profileOfPart(whole, null), measuredRows };
  const { store } = request.parts;
  const stored = await storedParts(store, { parts, former });
  const record: ProfileParts = {
    format: 'tidegate.profile-parts/1',
    whole: (await store.putJson(whole)).digest,
    parts: keys.flatMap((key) => {
      const part = stored.get(key);
      return part === undefined ? [] : [{ key, part }];
    }),
  };
  return { profile: profileOfPart(whole, (await store.putJson(record)).digest), measuredRows };
}

/** So many parts are read or stored at once. */
const atOnce = 8;

interface WholeProfile {
  readonly whole: ProfilePart;
  readonly measuredRows: number;
  /** Of the files, in their order. */
  readonly keys: readonly string[];
  readonly parts: ReadonlyMap<string, ProfilePart>;
  /** Those of earlier versions among them, as they lie in the store. */
  readonly former: ReadonlyMap<string, FormerPart>;
}

/** All parts of a table merged. */
export async function wholeOf(hands: InTurn, { table, personal, parts: kept }: ProfileRequest): Promise<WholeProfile> {
  const hash = await hands(hashOfEngine);
  const keys = new Map([...table.filesByKey].map(([file, of]) => [file, partKey(of, { table, personal, hash })]));
  const former = new Map<string, FormerPart>(kept === null ? [] : await formerOnes(kept, [...new Set(keys.values())]));
  const parts = new Map([...former].map(([key, { part }]) => [key, part]));
  const missing = new Map([...keys].filter(([, key]) => !parts.has(key)).map(([file, key]) => [key, file]));
  const measured = await measureParts(hands, { table, personal, hash, files: [...missing.values()] });
  for (const [key, file] of missing) {
    const [part, of] = [measured.get(file), table.filesByKey.get(file)];
    invariant(of !== undefined, 'What is measured is a file of the table');
    if (part === undefined) throw emptyFile(of);
    parts.set(key, part);
  }
  const [first, ...more] = [...keys.values()].flatMap((key) => parts.get(key) ?? []);
  invariant(first !== undefined, 'A table has a file');
  const measuredRows = [...measured.values()].reduce((sum, { rows }) => sum + rows, 0);
  return { whole: mergeParts([first, ...more]), measuredRows, keys: [...keys.values()], parts, former };
}

async function formerOnes({ store, former }: KeptParts, keys: readonly string[]): Promise<readonly (readonly [string, FormerPart])[]> {
  const known = await formerParts(store, former);
  const found = await concurrently(atOnce, keys, async (key) => {
    const digest = known.get(key);
    const part = digest === undefined ? null : await readPart(store, digest);
    return part === null ? [] : [[key, part] as const];
  });
  return found.flat();
}

/** Those of earlier versions are put as well, by their bytes, which costs no serialising: a garbage collection may have taken one since it was read. */
async function storedParts(
  store: ObjectStore,
  { parts, former }: Pick<WholeProfile, 'parts' | 'former'>,
): Promise<ReadonlyMap<string, Digest>> {
  const put = async (key: string, part: ProfilePart): Promise<Digest> => {
    const bytes = former.get(key)?.bytes;
    return (await (bytes === undefined ? store.putJson(part) : store.putBytes(bytes))).digest;
  };
  return new Map(await concurrently(atOnce, [...parts], async ([key, part]) => [key, await put(key, part)] as const));
}
