import { canonicalJson, type Digest, failure, isDigest, type Json, type Zone } from '@tidegate/formats';

/** A shard as a root names it: by the digest of its file. */
export interface ShardName {
  readonly shard: Digest;
  readonly entries: number;
  /** Length of its file. */
  readonly bytes: number;
}

/** That something in a pack cannot be counted on: an object that was read with other bytes; with the digest of the pack itself, all that lies in it. */
export interface Damaged {
  readonly digest: Digest;
  readonly pack: Digest;
}

/** What a garbage collection found nothing to need. It counts as missing, and is there for whoever knew of it before, until a later one takes it out. */
export interface Condemned {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly objects: ShardName | null;
  readonly chunks: ShardName | null;
}

/** The index of one zone as a whole; it is replaced and never changed. Shards stand in the order in which they are asked, the newest first. */
export interface Root {
  readonly format: 'tidegate.remote-index/1';
  readonly objects: readonly ShardName[];
  /** Pieces of large objects, for whoever sends or gets one. */
  readonly chunks: readonly ShardName[];
  readonly damaged: readonly Damaged[];
  readonly condemned: readonly Condemned[];
}

export const emptyRoot: Root = { format: 'tidegate.remote-index/1', objects: [], chunks: [], damaged: [], condemned: [] };

export function rootName(zone: Zone): string {
  return `index/${zone}/root.json`;
}

export function rootBytes(root: Root): Uint8Array {
  return Buffer.from(canonicalJson(root));
}

/** @throws TG-STORE-REMOTE for what this Tidegate does not read */
export function parseRoot(bytes: Uint8Array, { address, zone }: { readonly address: string; readonly zone: Zone }): Root {
  const fields = fieldsOf(parsed(bytes));
  const objects = listOf(fields['objects'], shardName);
  const chunks = listOf(fields['chunks'], shardName);
  const damaged = listOf(fields['damaged'], damage);
  const condemned = listOf(fields['condemned'], condemnation);
  if (fields['format'] === emptyRoot.format && objects !== null && chunks !== null && damaged !== null && condemned !== null)
    return { format: emptyRoot.format, objects, chunks, damaged, condemned };
  throw failure(
    'TG-STORE-REMOTE',
    `Cannot use "${address}" as a remote: its "${rootName(zone)}" is damaged, or of another version of Tidegate`,
    'Install the newest Tidegate, or put the file back from a backup',
  );
}

function parsed(bytes: Uint8Array): Json {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  } catch {
    return null;
  }
}

function fieldsOf(value: Json | undefined): { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [name: string]: Json }) : {};
}

/** Null when it is no list, or something in it is not what it should be. */
function listOf<T>(value: Json | undefined, parse: (fields: { readonly [name: string]: Json }) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map((item: Json) => parse(fieldsOf(item)));
  return items.every((item) => item !== null) ? items : null;
}

function shardName({ shard, entries, bytes }: { readonly [name: string]: Json }): ShardName | null {
  if (typeof shard !== 'string' || !isDigest(shard) || typeof entries !== 'number' || typeof bytes !== 'number') return null;
  return { shard, entries, bytes };
}

function damage({ digest, pack }: { readonly [name: string]: Json }): Damaged | null {
  const isPair = typeof digest === 'string' && isDigest(digest) && typeof pack === 'string' && isDigest(pack);
  return isPair ? { digest, pack } : null;
}

function condemnation({ at, objects = null, chunks = null }: { readonly [name: string]: Json }): Condemned | null {
  const named = { objects: shardName(fieldsOf(objects)), chunks: shardName(fieldsOf(chunks)) };
  const isWhole = (objects === null || named.objects !== null) && (chunks === null || named.chunks !== null);
  return typeof at === 'string' && isWhole ? { at, ...named } : null;
}
