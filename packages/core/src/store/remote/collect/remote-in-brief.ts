import { parseRemoteNeeds, type Zone, zones } from '@tidegate/formats';
import { remoteIndex } from '../index/remote-index.ts';
import type { Abortable } from '../remote-files.ts';
import type { Remote } from '../remote.ts';

/** What a zone has put into a remote. */
export interface ZoneInBrief {
  readonly zone: Zone;
  readonly objects: number;
  /** Length of the objects together; where they have bytes in common they take less. */
  readonly bytes: number;
  readonly packs: number;
  readonly shards: number;
  /** Objects that nothing needed when garbage was collected last. */
  readonly condemned: number;
  readonly damaged: number;
}

export interface RemoteInBrief {
  readonly address: string;
  readonly zone: Zone;
  /** Zones that have put something. */
  readonly zones: readonly ZoneInBrief[];
  /** Projects that share it, and when each said last what it needs (ISO 8601, UTC). */
  readonly projects: readonly { readonly project: string; readonly at: string }[];
}

/** How much a remote has, of whom. @param cache as of `packedRemote` */
export async function remoteInBrief(
  { files, address, zone }: Remote,
  cache: string | null,
  options: Abortable = {},
): Promise<RemoteInBrief> {
  const index = remoteIndex(files, { zone, cache });
  const { roots } = await index.look(options);
  const all: ZoneInBrief[] = [];
  for (const of of zones) {
    const root = roots.get(of);
    if (root === undefined || root.objects.length === 0) continue;
    const [packs, lengths] = [new Set<string>(), new Map<string, number>()];
    for (const name of root.objects)
      for (const { digest, pack, bytes } of (await index.shards.load(of, name, options.signal))?.entries() ?? []) {
        packs.add(pack);
        lengths.set(digest, bytes);
      }
    all.push({
      zone: of,
      objects: lengths.size,
      bytes: [...lengths.values()].reduce((sum, bytes) => sum + bytes, 0),
      packs: packs.size,
      shards: root.objects.length + root.chunks.length,
      condemned: root.condemned.reduce((sum, { objects }) => sum + (objects?.entries ?? 0), 0),
      damaged: root.damaged.length,
    });
  }
  return { address, zone, zones: all, projects: await projectsIn(files, options) };
}

async function projectsIn(files: Remote['files'], options: Abortable): Promise<RemoteInBrief['projects']> {
  const newest = new Map<string, string>();
  for await (const { name } of files.list('records/needs/', options)) {
    const found = await files.read(name, options);
    const needs = found === null ? null : parseRemoteNeeds(jsonIn(found.bytes));
    if (needs !== null && needs.at > (newest.get(needs.project) ?? '')) newest.set(needs.project, needs.at);
  }
  return [...newest].map(([project, at]) => ({ project, at }));
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
