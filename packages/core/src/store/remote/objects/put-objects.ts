import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { mkdir, rm, temporaryBeside, writeFile } from '../../../platform/index.ts';
import { type IndexView, withView } from '../index/remote-index.ts';
import type { MovingOptions, ObjectToPut, PutReport } from '../remote.ts';
import type { PackedPlace } from './packed-place.ts';
import { objectFileName } from './pack-name.ts';
import { longestWhole, piecesOf } from './pieces-of.ts';
import { sendPieces } from './send-pieces.ts';

/** Objects of these that the remote does not have, or has with another length, or that nothing needs there. */
export async function missingIn(
  { index }: Pick<PackedPlace, 'index'>,
  objects: readonly { readonly digest: Digest; readonly bytes: number | null }[],
  { signal }: MovingOptions = {},
): Promise<readonly Digest[]> {
  if (objects.length === 0) return [];
  return withView(index, { signal }, async (view) => {
    const found = await view.objects(objects.map(({ digest }) => digest));
    return objects.flatMap(({ digest, bytes }) => {
      const there = found.get(digest);
      const isThere = there !== undefined && !there.isCondemned && (bytes === null || bytes === there.bytes);
      return isThere ? [] : [digest];
    });
  });
}

export async function putObjects(place: PackedPlace, objects: readonly ObjectToPut[], options: MovingOptions = {}): Promise<PutReport> {
  const missing = new Set(await missingIn(place, objects, options));
  const wanted = [...new Map(objects.filter(({ digest }) => missing.has(digest)).map((object) => [object.digest, object])).values()];
  if (wanted.length === 0) return { objects: 0, bytes: 0, moved: 0, lost: [] };
  await mkdir(place.scratch, { recursive: true });
  const spool = openSpool(place.scratch);
  const knownChunks = chunksOf(place, options);
  const all = { objects: wanted.length, bytes: wanted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
  let moved = 0;
  const onMoved = (bytes: number): void => {
    moved += bytes;
    const done = pieces.read;
    options.onProgress?.({
      objects: { done: done.objects, all: all.objects },
      bytes: { done: done.bytes, all: Math.max(all.bytes, done.bytes) },
      moved,
    });
  };
  const pieces = piecesOf({
    objects: wanted,
    shortened: (content) => spool.shortened(content),
    knownChunks,
    putFile: async (digest, path) => {
      await place.files.write(objectFileName(digest), path, { digest, onlyIf: 'absent', signal: options.signal, onProgress: onMoved });
    },
    signal: options.signal,
  });
  try {
    await sendPieces(place, pieces, { signal: options.signal, onMoved });
  } finally {
    await spool.remove();
  }
  return { ...pieces.read, moved, lost: [...pieces.lost] };
}

/** Which pieces of large objects are there; asked of one view, which is read when the first large object comes. */
function chunksOf({ index }: PackedPlace, { signal }: MovingOptions): (digests: readonly Digest[]) => Promise<ReadonlySet<Digest>> {
  const opened = (): Promise<IndexView> =>
    withView(index, { signal }, async (view) => {
      await view.chunks([]); // from then on its shards are in memory
      return view;
    });
  let view: Promise<IndexView> | null = null;
  return async (digests) => {
    view ??= opened();
    const found = await (await view).chunks(digests);
    return new Set([...found.values()].flatMap(({ digest, isCondemned }) => (isCondemned ? [] : [digest])));
  };
}

interface Spool {
  /** More bytes than one piece takes become a file, from which they are cut. */
  readonly shortened: (content: Uint8Array | string | null) => Promise<Uint8Array | string | null>;
  readonly remove: () => Promise<void>;
}

function openSpool(scratch: string): Spool {
  const paths: string[] = [];
  return {
    shortened: async (content) => {
      if (content === null || typeof content === 'string' || content.byteLength <= longestWhole) return content;
      const path = temporaryBeside(join(scratch, 'object'));
      paths.push(path);
      await writeFile(path, content, { flag: 'wx' });
      return path;
    },
    remove: async () => {
      for (const path of paths) await rm(path, { force: true });
    },
  };
}
