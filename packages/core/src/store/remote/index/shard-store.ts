import { join } from 'node:path';
import { type Digest, failure, hexOf, type Zone } from '@tidegate/formats';
import {
  digestOfBytes,
  mkdir,
  readFile,
  rename,
  rm,
  squeezePieces,
  temporaryBeside,
  touch,
  unsqueezed,
  writeFile,
} from '../../../platform/index.ts';
import type { RemoteFiles } from '../remote-files.ts';
import type { Placed } from './placed.ts';
import type { ShardName } from './root.ts';
import { isPlainShard, parseShard, type Shard, shardBytes } from './shard.ts';

/** No shard unfolds to more. */
const longestShard = 1 << 30;

export interface ShardStore {
  /** Null when it is not there any more: a newer root names another one. @throws TG-STORE-REMOTE for a damaged one */
  readonly load: (zone: Zone, name: ShardName, signal: AbortSignal | undefined) => Promise<Shard | null>;
  /** Puts a shard of these entries; of a digest that comes twice the first entry counts. */
  readonly put: (zone: Zone, entries: Iterable<Placed>, signal: AbortSignal | undefined) => Promise<ShardName>;
}

export function shardFileName(zone: Zone, shard: Digest): string {
  return `index/${zone}/${hexOf(shard)}.shard`;
}

/** The shards of a remote's index, kept in a folder of this machine once they were read: they never change. Without one they are kept in memory. */
export function shardStore(files: RemoteFiles, cache: string | null): ShardStore {
  const known = new Map<Digest, Promise<Shard | null>>();

  const read = async (zone: Zone, name: ShardName, signal: AbortSignal | undefined): Promise<Shard | null> => {
    const cached = cache === null ? null : await readFile(join(cache, hexOf(name.shard))).catch(() => null);
    const own = cached === null || digestOfBytes(cached) !== name.shard ? null : cached;
    const bytes = own ?? (await files.read(shardFileName(zone, name.shard), { signal }))?.bytes ?? null;
    if (bytes === null) return null;
    const unfolded = digestOfBytes(bytes) === name.shard ? unfold(bytes) : null;
    const shard = unfolded === null ? null : parseShard(unfolded);
    if (shard === null) throw damaged(files.address, shardFileName(zone, name.shard));
    if (own === null && cache !== null) await keep(cache, name.shard, bytes);
    if (own !== null && cache !== null) touch(join(cache, hexOf(name.shard))); // what was not read for long is removed
    return shard;
  };
  return {
    load: (zone, name, signal) => {
      const shard =
        known.get(name.shard) ?? read(zone, name, signal).catch((error: unknown) => (known.delete(name.shard), Promise.reject(error)));
      known.set(name.shard, shard);
      return shard;
    },
    put: async (zone, entries, signal) => {
      const bytes = shardBytes(entries);
      const {
        pieces: [squeezed],
      } = await squeezePieces([bytes]);
      const content = squeezed?.stored ?? bytes;
      const shard = digestOfBytes(content);
      const parsed = parseShard(bytes);
      await files.write(shardFileName(zone, shard), content, { onlyIf: 'absent', digest: shard, signal });
      if (cache !== null) await keep(cache, shard, content);
      known.set(shard, Promise.resolve(parsed));
      return { shard, entries: parsed?.size ?? 0, bytes: content.byteLength };
    },
  };
}

/** One that would not have become shorter lies as it is. */
function unfold(bytes: Uint8Array): Uint8Array | null {
  return isPlainShard(bytes) ? bytes : unsqueezed({ codec: 'zstd', stored: bytes }, longestShard);
}

/** A cache that cannot be written, as on a full disk, is none. */
async function keep(folder: string, shard: Digest, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryBeside(join(folder, 'shard'));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, join(folder, hexOf(shard)));
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function damaged(address: string, name: string): Error {
  return failure(
    'TG-STORE-REMOTE',
    `Cannot use "${address}" as a remote: its "${name}" is damaged`,
    'Make it anew from the packs: "tidegate remote repair"',
  );
}
