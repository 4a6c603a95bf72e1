import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, type Zone, zones } from '@tidegate/formats';
import { mkdir, rm, temporaryBeside } from '../../../platform/index.ts';
import { isCorrupt } from '../../objects/failures.ts';
import { parseRecipe } from '../../packs/recipe.ts';
import type { Found, Placed } from '../index/placed.ts';
import { type FoundObject, type RemoteIndex, remoteIndex, shardLost, withView } from '../index/remote-index.ts';
import type { Damaged, Root } from '../index/root.ts';
import { StaleView } from '../index/stale-view.ts';
import { objectFileName } from '../objects/pack-name.ts';
import { readPieces } from '../objects/read-parts.ts';
import { partsOf } from '../objects/ranges.ts';
import type { Abortable, RemoteFiles } from '../remote-files.ts';

export interface VerifyRequest extends Abortable {
  readonly files: RemoteFiles;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
  /** Bytes read in a second, at most. Default: no limit. */
  readonly bytesPerSecond?: number;
  /** Told of bytes as they are read. Default: nobody is told. */
  readonly onProgress?: (bytes: number) => void;
}

export interface RemoteCheck {
  /** Entries of the index that were held against what lies in their place. */
  readonly entries: number;
  /** Bytes read. */
  readonly bytes: number;
  /** Objects, or pieces of long ones, that are not what they should be; they count as missing from now on, where that can be noted. */
  readonly damaged: readonly { readonly digest: Digest; readonly zone: Zone; readonly why: string }[];
}

/** Parts of packs between two looks at the pace. */
const partsAtOnce = 4;

/** Reads everything back that the indexes of a remote name, and holds it against its digest. */
export async function verifyRemote(request: VerifyRequest): Promise<RemoteCheck> {
  const { files, zone, scratch, signal } = request;
  const index = remoteIndex(files, { zone, cache: null });
  const pace = paceOf(request);
  const damaged: { digest: Digest; zone: Zone; why: string; pack: Digest }[] = [];
  let entries = 0;
  await mkdir(scratch, { recursive: true });
  const { roots } = await index.look({ signal });
  for (const of of zones) {
    const placed = await entriesOf(index, of, roots.get(of) ?? null);
    entries += placed.length;
    const tell = ({ digest, pack }: Found, why: string): void => void damaged.push({ digest, zone: of, why, pack });
    const packed = placed.filter(({ as }) => as !== 'file');
    const parts = partsOf(packed);
    for (let at = 0; at < parts.length; at += partsAtOnce) {
      const pieces = parts.slice(at, at + partsAtOnce).flatMap((part) => part.pieces);
      const found = await readPieces({ files }, pieces, {
        signal,
        onMoved: pace.moved,
        receive: async (piece, bytes) => {
          if (piece.as === 'recipe' && !(await isWhole(index, piece, bytes))) tell(piece, 'pieces of it are missing');
        },
      });
      for (const piece of found.damaged) tell(piece, 'its bytes have another digest');
      for (const piece of found.gone) tell(piece, 'its pack is gone, or too short');
      await pace.wait();
    }
    for (const entry of placed.filter(({ as }) => as === 'file')) {
      const why = await faultOfFile(request, entry.digest, pace.moved);
      if (why !== null) tell(entry, why);
      await pace.wait();
    }
  }
  const notes: readonly Damaged[] = damaged.map(({ digest, pack }) => ({ digest, pack }));
  if (notes.length > 0) await index.noteDamage(notes).catch(() => undefined); // whoever may only read keeps it
  return { entries, bytes: pace.bytes(), damaged: damaged.map(({ digest, zone: of, why }) => ({ digest, zone: of, why })) };
}

async function entriesOf(index: RemoteIndex, zone: Zone, root: Root | null): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = [];
  for (const name of [...(root?.objects ?? []), ...(root?.chunks ?? [])]) {
    const shard = await index.shards.load(zone, name, undefined);
    if (shard === null) throw shardLost(new StaleView(`Cannot read the shard "${name.shard}" of the index: it is gone`));
    for (const entry of shard.entries()) found.push({ ...entry, zone, isCondemned: false });
  }
  return found;
}

async function isWhole(index: RemoteIndex, { digest, bytes }: Placed, content: Uint8Array): Promise<boolean> {
  const recipe = parseRecipe(content);
  if (recipe?.object !== digest || recipe.bytes !== bytes) return false;
  return withView(index, {}, async (view) => {
    const found = await view.chunks(recipe.pieces);
    return recipe.pieces.every((piece) => found.has(piece));
  });
}

/** Null for an object that is a file of its own and is sound. */
async function faultOfFile(
  { files, scratch, signal }: VerifyRequest,
  digest: Digest,
  onProgress: (bytes: number) => void,
): Promise<string | null> {
  const path = temporaryBeside(join(scratch, 'object'));
  try {
    const found = await files.download(objectFileName(digest), path, { digest, signal, onProgress });
    return found === null ? 'its file is gone' : null;
  } catch (error) {
    if (isCorrupt(error)) return 'its bytes have another digest';
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

interface Pace {
  readonly moved: (bytes: number) => void;
  readonly wait: () => Promise<void>;
  readonly bytes: () => number;
}

function paceOf({ bytesPerSecond = Number.POSITIVE_INFINITY, onProgress = () => {}, signal }: VerifyRequest): Pace {
  const began = performance.now();
  let bytes = 0;
  return {
    bytes: () => bytes,
    moved: (count) => {
      bytes += count;
      onProgress(count);
    },
    wait: async () => {
      const aheadMs = (bytes / bytesPerSecond) * 1_000 - (performance.now() - began);
      if (aheadMs > 20) await sleep(aheadMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
