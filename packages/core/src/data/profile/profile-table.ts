import { type Digest, invariant, type KeyedPart, type Profile, type ProfilePart, type ProfileParts } from '@tidegate/formats';
import { mergeParts, profileOfPart } from '@tidegate/runtime';
import { concurrently } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { emptyFile } from '../read/csv-dialect.ts';
import type { DatasetTable } from '../read/dataset-table.ts';
import type { InTurn } from '../tables/side-by-side.ts';
import { formerParts, partKeys, readPart } from './parts/kept-parts.ts';
import { hashOfEngine, measureParts } from './parts/measure-parts.ts';
import { type Merge, mergesOf } from './parts/merge-order.ts';

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
 * The profile of a table, merged from one part for each file, which is a row group where the dataset is kept as a table. Parts that an earlier version has are not measured again, and those merged
 * from them are not merged again; the profile is the same to the byte either way.
 */
export async function profileTable(hands: InTurn, request: ProfileRequest): Promise<TableProfile> {
  const { whole, measuredRows, keys, merges, held, made } = await wholeOf(hands, request);
  if (request.parts === null) return { profile: profileOfPart(whole, null), measuredRows };
  const { store } = request.parts;
  const stored = new Map(held);
  for (const [key, { digest }] of await concurrently(atOnce, [...made], async ([key, part]) => [key, await store.putJson(part)] as const))
    stored.set(key, digest);
  const keyed = (key: string): readonly KeyedPart[] => {
    const part = stored.get(key);
    return part === undefined ? [] : [{ key, part }];
  };
  const record: ProfileParts = {
    format: 'tidegate.profile-parts/1',
    whole: stored.get(lastOf(keys, merges)) ?? (await store.putJson(whole)).digest,
    parts: keys.flatMap(keyed),
    merged: merges.flatMap(({ key }) => keyed(key)),
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
  readonly merges: readonly Merge[];
  /** Parts of earlier versions among them, by key, as they lie in the store. */
  readonly held: ReadonlyMap<string, Digest>;
  /** The others. */
  readonly made: ReadonlyMap<string, ProfilePart>;
}

/** All parts of a table merged. */
export async function wholeOf(hands: InTurn, { table, personal, parts: kept }: ProfileRequest): Promise<WholeProfile> {
  const hash = await hands(hashOfEngine);
  const files = partKeys(table, { personal, hash });
  const keys = [...files.values()];
  const merges = mergesOf(keys);
  const last = lastOf(keys, merges);
  const { held, read } = kept === null ? nothingHeld : await heldParts(kept, { keys, merges, last });
  const missing = new Map([...files].filter(([, key]) => !held.has(key)).map(([file, key]) => [key, file]));
  const measured = await measureParts(hands, { table, personal, hash, files: [...missing.values()] });
  const made = new Map<string, ProfilePart>();
  for (const [key, file] of missing) {
    const [part, of] = [measured.get(file), table.filesByKey.get(file)];
    invariant(of !== undefined, 'What is measured is a file of the table');
    if (part === undefined) throw emptyFile(of);
    made.set(key, part);
  }
  const partAt = (key: string): ProfilePart => {
    const part = made.get(key) ?? read.get(key);
    invariant(part !== undefined, 'What is merged was read or made');
    return part;
  };
  for (const { key, of, limits } of merges) {
    const [first, ...more] = held.has(key) ? [] : of.map(partAt);
    if (first !== undefined) made.set(key, mergeParts([first, ...more], limits));
  }
  const measuredRows = [...measured.values()].reduce((sum, { rows }) => sum + rows, 0);
  return { whole: partAt(last), measuredRows, keys, merges, held, made };
}

/** The key of the part of all rows. */
function lastOf(keys: readonly string[], merges: readonly Merge[]): string {
  const last = merges.at(-1)?.key ?? keys[0];
  invariant(last !== undefined, 'A table has a file');
  return last;
}

interface HeldParts {
  readonly held: ReadonlyMap<string, Digest>;
  /** Those that are needed to make the others, and the part of all rows. */
  readonly read: ReadonlyMap<string, ProfilePart>;
}

const nothingHeld: HeldParts = { held: new Map(), read: new Map() };

/** What earlier versions have of the parts of this one, and no garbage collection takes from now on. One that cannot be read counts as not held. */
async function heldParts(
  { store, former }: KeptParts,
  { keys, merges, last }: { readonly keys: readonly string[]; readonly merges: readonly Merge[]; readonly last: string },
): Promise<HeldParts> {
  const known = await formerParts(store, former);
  const own = [...new Set([...keys, ...merges.map(({ key }) => key)])];
  const held = new Map(
    own.flatMap((key) => [[key, known.get(key)] as const]).flatMap(([key, part]) => (part === undefined ? [] : [[key, part] as const])),
  );
  const gone = new Set(await store.renew([...held.values()]));
  for (const [key, part] of held) if (gone.has(part)) held.delete(key);
  const read = new Map<string, ProfilePart>();
  for (;;) {
    const wanted = [last, ...merges.flatMap(({ key, of }) => (held.has(key) ? [] : of))];
    const unread = [...new Set(wanted)].filter((key) => held.has(key) && !read.has(key));
    if (unread.length === 0) return { held, read };
    await concurrently(atOnce, unread, async (key) => {
      const part = held.get(key);
      const found = part === undefined ? null : await readPart(store, part);
      if (found === null) held.delete(key);
      else read.set(key, found);
    });
  }
}
