import { createHash } from 'node:crypto';
import { canonicalJson, type Digest, type Json, type ProfilePart, TidegateError } from '@tidegate/formats';
import type { ObjectStore } from '../../../store/index.ts';
import { readRecord } from '../../../store/index.ts';
import type { DatasetTable } from '../../read/dataset-table.ts';

/** Counted up when parts of the same rows come out differently than before. */
const measuring = 4;

/** The key of the part of each file of a table, as SHA-256: the bytes of the file, how they are read, how values are hashed, and which columns are of persons. */
export function partKeys(
  table: DatasetTable,
  { personal, hash }: { readonly personal: ReadonlySet<string>; readonly hash: string },
): ReadonlyMap<string, string> {
  const columns = table.columns.map(({ name, type, physicalType, value, folder }) => ({
    name,
    type,
    physicalType,
    value,
    personal: personal.has(name),
    folder: folder === true,
  }));
  const hasFolders = columns.some(({ folder }) => folder); // which give values
  const reading = sha256({ measuring, hash, format: table.format, columns });
  return new Map(
    [...table.filesByKey].map(([key, { digest, path }]) => [key, sha256({ reading, file: digest, path: hasFolders ? path : null })]),
  );
}

function sha256(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Parts that earlier versions were made of, and those merged from them, by key. What is not at hand is not there, and is made again. */
export async function formerParts(store: Pick<ObjectStore, 'readJson'>, records: readonly Digest[]): Promise<ReadonlyMap<string, Digest>> {
  const found = new Map<string, Digest>();
  for (const digest of records) {
    const record = await orNull(() => readRecord(store, 'tidegate.profile-parts/1', digest));
    for (const { key, part } of [...(record?.parts ?? []), ...(record?.merged ?? [])]) if (!found.has(key)) found.set(key, part);
  }
  return found;
}

/** A part out of the store; null when it is not there whole. */
export function readPart(store: Pick<ObjectStore, 'readJson'>, digest: Digest): Promise<ProfilePart | null> {
  return orNull(() => readRecord(store, 'tidegate.profile-part/1', digest));
}

/** The part of all rows. @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
export async function readWhole(store: Pick<ObjectStore, 'readJson'>, parts: Digest): Promise<ProfilePart> {
  const { whole } = await readRecord(store, 'tidegate.profile-parts/1', parts);
  return readRecord(store, 'tidegate.profile-part/1', whole);
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TidegateError || error instanceof SyntaxError) return null;
    throw error;
  }
}
