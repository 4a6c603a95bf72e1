import type { Digest, Zone } from '@tidegate/formats';
import type { Placed } from '../index/placed.ts';
import type { Condemned, Root, ShardName } from '../index/root.ts';
import { StaleView } from '../index/stale-view.ts';
import type { ShardStore } from '../index/shard-store.ts';

/** What is known of a zone when its index is swept. */
export interface Sweeping {
  readonly zone: Zone;
  readonly shards: ShardStore;
  readonly isLive: (part: Part, digest: Digest) => boolean;
  /** When the file was written that something lies in (milliseconds since 1970); null when that is not known, for it is new. */
  readonly ageOf: (entry: Placed) => number | null;
  /** Where something lies now that was moved out of a pack that is mostly garbage. */
  readonly movedTo: (entry: Placed) => Placed;
  readonly nowMs: number;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
}

export type Part = 'objects' | 'chunks';

/** What becomes of each entry of a zone. */
export interface SweptPart {
  readonly stay: readonly Placed[];
  /** Nothing needs it: it counts as missing from that moment (ISO 8601), and is taken out by a collection after the grace period. */
  readonly condemned: readonly { readonly entry: Placed; readonly at: string }[];
  readonly removed: readonly Placed[];
}

export type Swept = { readonly [part in Part]: SweptPart };

/** What is to become of the index of a zone. Two steps, so that whoever has been told that something is there has the grace period to say that it is needed. */
export async function sweep(root: Root, sweeping: Sweeping): Promise<Swept> {
  return { objects: await sweepPart(root, 'objects', sweeping), chunks: await sweepPart(root, 'chunks', sweeping) };
}

async function sweepPart(root: Root, part: Part, sweeping: Sweeping): Promise<SweptPart> {
  const { isLive, ageOf, movedTo, nowMs, graceMs } = sweeping;
  const since = await condemnedSince(root, part, sweeping);
  const isVoid = new Set(root.damaged.map(keyOf));
  const [stay, condemned, removed]: [Placed[], { entry: Placed; at: string }[], Placed[]] = [[], [], []];
  const seen = new Set<Digest>();
  for (const name of root[part])
    for (const entry of await entriesOf(name, sweeping)) {
      if (seen.has(entry.digest) || isVoid.has(keyOf(entry)) || isVoid.has(keyOf({ digest: entry.pack, pack: entry.pack }))) continue;
      seen.add(entry.digest);
      const at = since.get(keyOf(entry)) ?? null;
      const age = ageOf(entry);
      if (isLive(part, entry.digest)) stay.push(movedTo(entry));
      else if (graceMs === 0 || (at !== null && Date.parse(at) <= nowMs - graceMs)) removed.push(entry);
      else if (at !== null) condemned.push({ entry: movedTo(entry), at });
      else if (age === null || age > nowMs - graceMs) stay.push(movedTo(entry));
      else condemned.push({ entry: movedTo(entry), at: new Date(nowMs).toISOString() });
    }
  return { stay, condemned, removed };
}

/** When each entry was condemned. */
async function condemnedSince(root: Root, part: Part, sweeping: Sweeping): Promise<ReadonlyMap<string, string>> {
  const since = new Map<string, string>();
  for (const one of root.condemned) {
    const name = one[part];
    if (name !== null) for (const entry of await entriesOf(name, sweeping)) since.set(keyOf(entry), one.at);
  }
  return since;
}

async function entriesOf(name: ShardName, { zone, shards, signal }: Sweeping): Promise<readonly Placed[]> {
  const shard = await shards.load(zone, name, signal);
  if (shard === null) throw new StaleView(`Cannot read the shard "${name.shard}" of the index: it is gone`);
  return [...shard.entries()];
}

function keyOf({ digest, pack }: Pick<Placed, 'digest' | 'pack'>): string {
  return `${digest} ${pack}`;
}

/** The root that says so. */
export async function rootOf(swept: Swept, sweeping: Sweeping): Promise<Root> {
  return {
    format: 'tidegate.remote-index/1',
    objects: await shardsOf([...swept.objects.stay, ...swept.objects.condemned.map(({ entry }) => entry)], sweeping),
    chunks: await shardsOf([...swept.chunks.stay, ...swept.chunks.condemned.map(({ entry }) => entry)], sweeping),
    damaged: [],
    condemned: await condemnationsOf(swept, sweeping),
  };
}

/** A shard is no longer than this many entries. */
const mostEntries = 4_000_000;

async function shardsOf(entries: readonly Placed[], { zone, shards, signal }: Sweeping): Promise<readonly ShardName[]> {
  const names: ShardName[] = [];
  for (let at = 0; at < entries.length; at += mostEntries) names.push(await shards.put(zone, entries.slice(at, at + mostEntries), signal));
  return names;
}

async function condemnationsOf(swept: Swept, sweeping: Sweeping): Promise<readonly Condemned[]> {
  const moments = [...new Set([...swept.objects.condemned, ...swept.chunks.condemned].map(({ at }) => at))].toSorted();
  return Promise.all(
    moments.map(async (at) => {
      const [objects = null] = await shardsOf(condemnedAt(swept.objects, at), sweeping);
      const [chunks = null] = await shardsOf(condemnedAt(swept.chunks, at), sweeping);
      return { at, objects, chunks };
    }),
  );
}

function condemnedAt({ condemned }: SweptPart, at: string): readonly Placed[] {
  return condemned.filter((one) => one.at === at).map(({ entry }) => entry);
}
