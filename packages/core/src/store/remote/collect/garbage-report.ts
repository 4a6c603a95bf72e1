import { type Digest, isDigest, type Json, type Zone, zones } from '@tidegate/formats';
import type { ListedFile } from '../remote-files.ts';
import type { Needed, RecordToGo } from './needed.ts';

/** One object, and why it stays or goes. */
export interface JudgedRemoteObject {
  readonly digest: Digest;
  readonly zone: Zone;
  readonly bytes: number;
  readonly action: 'keep' | 'condemn' | 'remove';
  readonly why: string;
}

export interface RemoteGarbageReport {
  readonly dryRun: boolean;
  readonly objects: readonly JudgedRemoteObject[];
  readonly records: readonly RecordToGo[];
  /** Projects that share the remote, with when each said last what it needs. */
  readonly projects: Needed['projects'];
  /** Records that are needed and cannot be read: because of them no object was judged. */
  readonly unread: readonly Digest[];
  /** Files that went, or would, and their length. */
  readonly files: readonly ListedFile[];
  /** Bytes of packs that were mostly garbage and whose rest was written anew. */
  readonly rewrittenBytes: number;
}

type Fields = { readonly [name: string]: Json };

/** A report that a server has sent; null for what is none. */
export function parseGarbageReport(value: Json): RemoteGarbageReport | null {
  const { dryRun, rewrittenBytes, ...lists } = fieldsOf(value);
  const objects = listOf(lists['objects'], judgedObject);
  const records = listOf(lists['records'], ({ name, why }) => (isText(name) && isText(why) ? { name, why } : null));
  const projects = listOf(lists['projects'], ({ project, at }) => (isText(project) && isText(at) ? { project, at } : null));
  const files = listOf(lists['files'], ({ name, size, changedAtMs }) =>
    isText(name) && typeof size === 'number' && typeof changedAtMs === 'number' ? { name, size, changedAtMs } : null,
  );
  const unread = isList(lists['unread']) ? lists['unread'].flatMap((one) => (isText(one) && isDigest(one) ? [one] : [])) : null;
  if (objects === null || records === null || projects === null || files === null || unread === null) return null;
  if (typeof dryRun !== 'boolean' || typeof rewrittenBytes !== 'number') return null;
  return { dryRun, objects, records, projects, unread, files, rewrittenBytes };
}

const actions = ['keep', 'condemn', 'remove'] as const;

function judgedObject({ digest, zone, bytes, action, why }: Fields): JudgedRemoteObject | null {
  const [ofZone, done] = [zones.find((one) => one === zone), actions.find((one) => one === action)];
  if (!isText(digest) || !isDigest(digest) || ofZone === undefined || done === undefined) return null;
  return typeof bytes === 'number' && isText(why) ? { digest, zone: ofZone, bytes, action: done, why } : null;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Null when it is no list, or something in it is not what it should be. */
function listOf<T>(value: Json | undefined, parse: (fields: Fields) => T | null): readonly T[] | null {
  if (!isList(value)) return null;
  const items = value.map((item) => parse(fieldsOf(item)));
  return items.every((item) => item !== null) ? items : null;
}
