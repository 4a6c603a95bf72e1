import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, failure, mayRead, type Zone, zones } from '@tidegate/formats';
import type { Abortable, RemoteFiles } from '../remote-files.ts';
import { addToRoot } from './add-to-root.ts';
import type { Found, Placed } from './placed.ts';
import { type Damaged, emptyRoot, parseRoot, type Root, rootBytes, rootName, type ShardName } from './root.ts';
import type { Shard } from './shard.ts';
import { type ShardStore, shardStore } from './shard-store.ts';
import { StaleView } from './stale-view.ts';

/** Which objects and pieces a remote has and where; one index for each zone, all of which are read. */
export interface RemoteIndex {
  /** The index as it is at this moment: one small file for each zone. */
  readonly look: (options?: Abortable) => Promise<IndexView>;
  /** Adds what packs hold that were written before. Of many that do so at once none is lost. */
  readonly publish: (added: Added, options?: Abortable) => Promise<void>;
  /** Changes the root of a zone, by as many tries as it takes; null leaves it as it is. */
  readonly change: (zone: Zone, next: (root: Root) => Promise<Root | null>, options?: Abortable) => Promise<void>;
  /** Notes that something was read with other bytes, so that it counts as missing. */
  readonly noteDamage: (damaged: readonly Damaged[]) => Promise<void>;
  readonly shards: ShardStore;
}

export interface Added {
  readonly objects: readonly Placed[];
  readonly chunks: readonly Placed[];
}

export interface IndexView {
  readonly roots: ReadonlyMap<Zone, Root>;
  /** Where each object lies; what is not there is left out. @throws StaleView */
  readonly objects: (digests: Iterable<Digest>) => Promise<ReadonlyMap<Digest, FoundObject>>;
  /** As `objects`, for pieces of large ones. @throws StaleView */
  readonly chunks: (digests: Iterable<Digest>) => Promise<ReadonlyMap<Digest, FoundObject>>;
}

export interface FoundObject extends Found {
  /** Nothing needs it, so the next garbage collection may take it out: it can be read and not be counted on. */
  readonly isCondemned: boolean;
}

const triesOfView = 4;

/** Does work that looks things up, once more with a newer view when the one it has is out of date. @throws TG-STORE-REMOTE when a shard is lost */
export async function withView<T>(index: RemoteIndex, options: Abortable, work: (view: IndexView) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++)
    try {
      return await work(await index.look(options));
    } catch (error) {
      if (!(error instanceof StaleView)) throw error;
      if (tried === triesOfView) throw shardLost(error);
    }
}

/** What is told of a shard that is gone although the newest root names it. */
export function shardLost(error: StaleView): Error {
  return failure('TG-STORE-REMOTE', error.message, 'Make it anew from the packs: "tidegate remote repair"', error);
}

/** @param cache folder that keeps what was read of the index; null = nothing is kept beyond this process */
export function remoteIndex(files: RemoteFiles, { zone: own, cache }: { readonly zone: Zone; readonly cache: string | null }): RemoteIndex {
  const shards = shardStore(files, cache);

  const readRoot = async (zone: Zone, { signal }: Abortable): Promise<{ readonly root: Root; readonly tag: string | null }> => {
    const found = await files.read(rootName(zone), { signal });
    if (found === null) return { root: emptyRoot, tag: null };
    return { root: parseRoot(found.bytes, { address: files.address, zone }), tag: found.tag };
  };

  const change: RemoteIndex['change'] = async (zone, next, options = {}) => {
    for (let tried = 0; ; tried++) {
      const { root, tag } = await readRoot(zone, options);
      const changed = await next(root).catch((error: unknown) => {
        if (!(error instanceof StaleView)) throw error;
        if (tried >= triesOfView) throw shardLost(error);
        return 'stale' as const;
      });
      if (changed === null) return;
      const onlyIf = tag === null ? 'absent' : { tag };
      if (changed !== 'stale' && (await files.write(rootName(zone), rootBytes(changed), { onlyIf, signal: options.signal })).written)
        return;
      await wait(pauseAfter(tried), undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  };

  return {
    shards,
    change,
    look: async (options = {}) => {
      const roots = new Map(await Promise.all(zones.map(async (zone) => [zone, (await readRoot(zone, options)).root] as const)));
      return viewOf({ roots, shards, reader: own, address: files.address });
    },
    publish: async (added, options = {}) => {
      if (added.objects.length + added.chunks.length === 0) return;
      await change(own, (root) => addToRoot(root, { added, shards, zone: own, signal: options.signal }), options);
    },
    noteDamage: async (damaged) => {
      await change(own, async (root) => {
        const known = new Set(root.damaged.map(keyOf));
        const fresh = damaged.filter((one) => !known.has(keyOf(one)));
        return fresh.length === 0 ? null : { ...root, damaged: [...root.damaged, ...fresh] };
      });
    },
  };
}

/** Milliseconds: those who come at the same moment come apart by what each needs for its own try. */
function pauseAfter(tried: number): number {
  return Math.min(1_000, 5 * 2 ** Math.min(tried, 8)) * (0.5 + (process.pid % 100) / 100);
}

function keyOf({ digest, pack }: Damaged): string {
  return `${digest} ${pack}`;
}

interface ViewParts {
  readonly roots: ReadonlyMap<Zone, Root>;
  readonly shards: ShardStore;
  readonly reader: Zone;
  readonly address: string;
}

type Part = 'objects' | 'chunks';

function viewOf({ roots, shards, reader, address }: ViewParts): IndexView {
  /** What zones that are trusted less say to be damaged is not believed: it could keep everybody from everything. */
  const damaged = new Set([...roots].flatMap(([zone, root]) => (mayRead(reader, zone) ? root.damaged.map(keyOf) : [])));
  const load = async (zone: Zone, name: ShardName): Promise<Shard> => {
    const shard = await shards.load(zone, name, undefined);
    if (shard === null) throw new StaleView(`Cannot use "${address}" as a remote: the shard "${name.shard}" of its index is gone`);
    return shard;
  };
  const inZone = async (zone: Zone, root: Root, part: Part): Promise<(digest: Digest) => FoundObject | null> => {
    const own = await Promise.all(root[part].map((name) => load(zone, name)));
    const names = root.condemned.flatMap((one) => (one[part] === null ? [] : [one[part]]));
    const condemned = await Promise.all(names.map((name) => load(zone, name)));
    return (digest) => {
      const found = own
        .flatMap((shard) => shard.find(digest) ?? [])
        .filter((entry) => !damaged.has(keyOf(entry)) && !damaged.has(keyOf({ digest: entry.pack, pack: entry.pack })));
      const isCondemned = (entry: Placed): boolean => condemned.some((shard) => shard.find(digest)?.pack === entry.pack);
      const counted = found.find((entry) => !isCondemned(entry));
      const any = counted ?? found[0];
      return any === undefined ? null : { ...any, zone, isCondemned: counted === undefined };
    };
  };
  const opened = new Map<Part, Promise<readonly ((digest: Digest) => FoundObject | null)[]>>();
  const find = async (part: Part, digests: Iterable<Digest>): Promise<ReadonlyMap<Digest, FoundObject>> => {
    const mostTrusted = [...roots].toReversed();
    const zonesOf = opened.get(part) ?? Promise.all(mostTrusted.map(([zone, root]) => inZone(zone, root, part)));
    opened.set(part, zonesOf);
    const asked = await zonesOf;
    const found = new Map<Digest, FoundObject>();
    for (const digest of digests)
      for (const ask of asked) {
        const one = ask(digest);
        if (one !== null && (!one.isCondemned || !found.has(digest))) found.set(digest, one);
        if (one !== null && !one.isCondemned) break;
      }
    return found;
  };
  return { roots, objects: (digests) => find('objects', digests), chunks: (digests) => find('chunks', digests) };
}
