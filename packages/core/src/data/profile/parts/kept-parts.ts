import { createHash } from 'node:crypto';
import { canonicalJson, type Digest, type ProfilePart, storedRecord, TidegateError } from '@tidegate/formats';
import type { ObjectStore } from '../../../store/index.ts';
import { readRecord } from '../../../store/index.ts';
import type { DatasetFile } from '../../read/dataset-file.ts';
import type { DatasetTable } from '../../read/dataset-table.ts';

/** Counted up when parts of the same rows come out differently than before. */
const measuring = 2;

/** What a part depends on, as SHA-256: the bytes of the file, how they are read, how values are hashed, and which columns are of persons. */
export function partKey(
  file: DatasetFile,
  { table, personal, hash }: { readonly table: DatasetTable; readonly personal: ReadonlySet<string>; readonly hash: string },
): string {
  const columns = table.columns.map(({ name, type, physicalType, value, folder }) => ({
    name,
    type,
    physicalType,
    value,
    personal: personal.has(name),
    folder: folder === true,
  }));
  const path = columns.some(({ folder }) => folder) ? file.path : null; // folders give values
  return createHash('sha256')
    .update(canonicalJson({ measuring, hash, format: table.format, columns, file: file.digest, path }))
    .digest('hex');
}

/** Parts that earlier versions were made of, by key. What is not at hand is not there, and is measured again. */
export async function formerParts(store: Pick<ObjectStore, 'readJson'>, records: readonly Digest[]): Promise<ReadonlyMap<string, Digest>> {
  const found = new Map<string, Digest>();
  for (const digest of records) {
    const record = await orNull(() => readRecord(store, 'tidegate.profile-parts/1', digest));
    for (const { key, part } of record?.parts ?? []) if (!found.has(key)) found.set(key, part);
  }
  return found;
}

/** A part of an earlier version. */
export interface FormerPart {
  readonly part: ProfilePart;
  /** As it lies in the store. */
  readonly bytes: Uint8Array;
}

/** A part out of the store; null when it is not there whole. */
export function readPart(store: Pick<ObjectStore, 'readBytes'>, digest: Digest): Promise<FormerPart | null> {
  return orNull(async () => {
    const bytes = await store.readBytes(digest);
    return { part: storedRecord('tidegate.profile-part/1', JSON.parse(Buffer.from(bytes).toString('utf8')), digest), bytes };
  });
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
