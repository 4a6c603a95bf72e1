import { join } from 'node:path';
import { type Digest, hexOf } from '@tidegate/formats';
import { concurrently, mkdir, rm } from '../../../platform/index.ts';
import { type FoundObject, type IndexView, withView } from '../index/remote-index.ts';
import type { MovingOptions, ReceiveObject } from '../remote.ts';
import { getFile, getLarge } from './get-large.ts';
import { lossesOf } from './losses.ts';
import type { PackedPlace } from './packed-place.ts';
import { readPieces } from './read-parts.ts';

/** Large objects on their way at once, each by several parts. */
const largeAtOnce = 2;

interface Getting {
  readonly receive: ReceiveObject;
  readonly options: MovingOptions;
}

export interface NotGot {
  /** Objects that are not there. */
  readonly missing: readonly Digest[];
  /** Objects that are there with other bytes, or not whole. */
  readonly damaged: readonly Digest[];
}

/** As `Remote.getObjects`. */
export async function getObjects(place: PackedPlace, digests: Iterable<Digest>, { receive, options }: Getting): Promise<NotGot> {
  const left = new Set(digests);
  const all = left.size;
  const bytes = { done: 0, all: 0 };
  let moved = 0;
  const tell = (count: number): void => {
    moved += count;
    options.onProgress?.({ objects: { done: all - left.size, all }, bytes: { ...bytes, all: Math.max(bytes.all, bytes.done) }, moved });
  };
  const damaged: FoundObject[] = [];
  const losses = lossesOf(place.files.address);
  const hand = async (object: FoundObject, content: Uint8Array | string): Promise<void> => {
    await receive(object.digest, content);
    left.delete(object.digest);
    bytes.done += object.bytes;
    tell(0);
  };
  const takeAll = async (view: IndexView): Promise<void> => {
    const known = new Set(damaged.map(({ digest }) => digest));
    const found = [...(await view.objects([...left].filter((digest) => !known.has(digest)))).values()];
    bytes.all = bytes.done + found.reduce((sum, object) => sum + object.bytes, 0);
    const short = await readPieces(
      place,
      found.filter(({ as }) => as === 'piece'),
      { signal: options.signal, onMoved: tell, receive: hand },
    );
    damaged.push(...short.damaged);
    await concurrently(
      largeAtOnce,
      found.filter(({ as }) => as !== 'piece'),
      async (object) => {
        const path = join(place.scratch, `.part-${hexOf(object.digest)}`);
        const get = object.as === 'file' ? getFile : getLarge;
        const state = await get({ place, view, losses, object, path, signal: options.signal, onMoved: tell });
        if (state === 'damaged') return void damaged.push(object);
        await hand(object, path);
        await rm(path, { force: true });
      },
    );
    damaged.push(...losses.among(short.gone));
  };
  await mkdir(place.scratch, { recursive: true });
  try {
    await withView(place.index, options, takeAll);
  } finally {
    if (damaged.length > 0) await place.index.noteDamage([...damaged, ...losses.packs()]).catch(() => undefined); // whoever may only read keeps it
  }
  const unsound = new Set(damaged.map(({ digest }) => digest));
  return { missing: [...left].filter((digest) => !unsound.has(digest)), damaged: [...left].filter((digest) => unsound.has(digest)) };
}
