import type { Digest, Zone } from '@tidegate/formats';
import type { Placed } from './placed.ts';
import type { Root, ShardName } from './root.ts';
import { StaleView } from './stale-view.ts';
import type { ShardStore } from './shard-store.ts';

interface Adding {
  readonly added: { readonly objects: readonly Placed[]; readonly chunks: readonly Placed[] };
  readonly shards: ShardStore;
  readonly zone: Zone;
  readonly signal: AbortSignal | undefined;
}

/** Shards are put together until this many entries: a longer one costs everybody who reads it, and saves nobody a question. */
const mostEntries = 4_000_000;

/**
 * A root with these entries in it. As in a log-structured merge tree (O'Neil et al. 1996), a new shard takes in those before it that are not much larger,
 * so that each is at least twice as long as the next newer one: there are few, and an entry is written again a logarithmic number of times.
 */
export async function addToRoot(root: Root, adding: Adding): Promise<Root> {
  const { objects, chunks } = adding.added;
  const fresh = new Set([...objects, ...chunks].flatMap((entry) => [keyOf(entry), keyOf({ digest: entry.pack, pack: entry.pack })]));
  return {
    ...root,
    objects: await withEntries(root.objects, objects, adding),
    chunks: await withEntries(root.chunks, chunks, adding),
    damaged: root.damaged.filter((one) => !fresh.has(keyOf(one))),
    condemned: await Promise.all(
      root.condemned.map(async (one) => ({
        at: one.at,
        objects: await without(one.objects, objects, adding),
        chunks: await without(one.chunks, chunks, adding),
      })),
    ),
  };
}

function keyOf({ digest, pack }: { readonly digest: Digest; readonly pack: Digest }): string {
  return `${digest} ${pack}`;
}

async function withEntries(names: readonly ShardName[], added: readonly Placed[], adding: Adding): Promise<readonly ShardName[]> {
  if (added.length === 0) return names;
  const entries = [...added];
  let taken = 0;
  for (const name of names) {
    if (name.entries > 2 * entries.length || name.entries + entries.length > mostEntries) break;
    entries.push(...(await entriesOf(name, adding)));
    taken += 1;
  }
  return [await adding.shards.put(adding.zone, entries, adding.signal), ...names.slice(taken)];
}

/** What was put again is condemned no more. */
async function without(name: ShardName | null, added: readonly Placed[], adding: Adding): Promise<ShardName | null> {
  if (name === null || added.length === 0) return name;
  const fresh = new Set(added.map(({ digest }) => digest));
  const all = await entriesOf(name, adding);
  const rest = all.filter(({ digest }) => !fresh.has(digest));
  if (rest.length === all.length) return name;
  return rest.length === 0 ? null : adding.shards.put(adding.zone, rest, adding.signal);
}

async function entriesOf(name: ShardName, { shards, zone, signal }: Adding): Promise<readonly Placed[]> {
  const shard = await shards.load(zone, name, signal);
  if (shard === null) throw new StaleView(`Cannot read the shard "${name.shard}" of the index: it is gone`);
  return [...shard.entries()];
}
