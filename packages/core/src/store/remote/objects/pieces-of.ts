import type { Digest } from '@tidegate/formats';
import { cutFile, digestOfBytes, measureFile, open, readFile, stat } from '../../../platform/index.ts';
import { changed } from '../../objects/failures.ts';
import type { PackEntry } from '../../packs/pack-format.ts';
import { recipeBytes } from '../../packs/recipe.ts';
import type { PieceToPack } from '../../packs/write-pack.ts';
import type { Placed } from '../index/placed.ts';
import type { Added } from '../index/remote-index.ts';
import type { ObjectToPut } from '../remote.ts';

/** Up to here an object is one piece; a longer one is cut, so that what it has in common with others is there once. */
export const longestWhole = 1 << 20;

/** The recipe of a longer object would be longer than a piece may be. */
const longestCut = 30 * 2 ** 30;

/** A longer object is no record of ours. */
export const longestRecord = 64 << 20;

/** What is read of a file at a time. */
const windowBytes = 4 << 20;

export interface Pieces {
  /** What is to be packed, in the order of the objects, so that whoever is interrupted makes the same packs again. */
  readonly pieces: () => AsyncGenerator<PieceToPack>;
  /** What the index says of a pack that was written of them. */
  readonly placedIn: (pack: { readonly digest: Digest; readonly entries: readonly PackEntry[] }) => Added;
  /** Objects that are nowhere. */
  readonly lost: Set<Digest>;
  /** Objects that were read, and their bytes. */
  readonly read: { objects: number; bytes: number };
  /** Objects that became files of their own, and are there. */
  readonly asFiles: Placed[];
}

/** What a piece is for. */
type Meaning =
  | { readonly is: 'chunk' }
  | { readonly is: 'whole'; readonly isRecord: boolean }
  | { readonly is: 'recipe'; readonly object: Digest; readonly bytes: number; readonly isRecord: boolean };

interface Sending {
  readonly objects: readonly ObjectToPut[];
  /** Brings the content of an object that is longer than one piece into a file. */
  readonly shortened: (content: Uint8Array | string | null) => Promise<Uint8Array | string | null>;
  /** Which pieces of large objects the remote has. */
  readonly knownChunks: (digests: readonly Digest[]) => Promise<ReadonlySet<Digest>>;
  /** Puts an object that is too long to be cut as a file of its own. */
  readonly putFile: (digest: Digest, path: string) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

export function piecesOf({ objects, shortened, knownChunks, putFile, signal }: Sending): Pieces {
  const meanings = new Map<Digest, Meaning[]>();
  const sent = new Set<Digest>();
  const lost = new Set<Digest>();
  const read = { objects: 0, bytes: 0 };
  const asFiles: Placed[] = [];
  const means = (digest: Digest, meaning: Meaning): void => {
    const known = meanings.get(digest);
    if (known === undefined) meanings.set(digest, [meaning]);
    else known.push(meaning);
  };

  async function* piecesOfFile(object: Digest, path: string): AsyncGenerator<PieceToPack> {
    const measured = await measureFile(path);
    if (measured.digest !== object) throw changed(path);
    if (measured.bytes > longestCut) {
      await putFile(object, path);
      read.bytes += measured.bytes;
      asFiles.push({
        digest: object,
        as: 'file',
        pack: object,
        offset: 0,
        stored: 0,
        bytes: measured.bytes,
        codec: 'raw',
        isRecord: false,
      });
      return;
    }
    const isRecord = measured.bytes <= longestRecord && (await beginsLikeRecord(path)) && isRecordOfOurs(await readFile(path));
    const pieces: Digest[] = [];
    await using file = await open(path, 'r');
    for await (const window of windowsOf(cutFile(path, signal === undefined ? {} : { signal }))) {
      const known = await knownChunks(window.pieces.map(({ digest }) => digest));
      const bytes = Buffer.allocUnsafe(window.to - window.from);
      await file.read(bytes, 0, bytes.length, window.from);
      for (const { digest, offset, bytes: length } of window.pieces) {
        pieces.push(digest);
        if (known.has(digest) || sent.has(digest)) continue;
        sent.add(digest);
        means(digest, { is: 'chunk' });
        yield { digest, bytes: bytes.subarray(offset - window.from, offset - window.from + length) };
      }
    }
    const recipe = recipeBytes({ object, bytes: measured.bytes, pieces });
    const digest = digestOfBytes(recipe);
    means(digest, { is: 'recipe', object, bytes: measured.bytes, isRecord });
    read.bytes += measured.bytes;
    yield { digest, bytes: recipe };
  }

  return {
    lost,
    read,
    asFiles,
    pieces: async function* () {
      for (const { digest, content } of objects) {
        signal?.throwIfAborted();
        const source = await shortened(await content());
        if (source === null) {
          lost.add(digest);
          continue;
        }
        read.objects += 1;
        if (typeof source === 'string' && (await stat(source)).size > longestWhole) {
          yield* piecesOfFile(digest, source);
          continue;
        }
        const bytes = typeof source === 'string' ? await readFile(source) : source;
        if (digestOfBytes(bytes) !== digest) throw changed(typeof source === 'string' ? source : digest);
        means(digest, { is: 'whole', isRecord: isRecordOfOurs(bytes) });
        read.bytes += bytes.byteLength;
        yield { digest, bytes };
      }
    },
    placedIn: ({ digest: pack, entries }) => {
      const objects: Placed[] = [];
      const chunks: Placed[] = [];
      for (const { digest, offset, stored, bytes, codec } of entries) {
        const place = { pack, offset, stored, codec };
        for (const meaning of meanings.get(digest) ?? [])
          if (meaning.is === 'chunk') chunks.push({ digest, as: 'piece', ...place, bytes, isRecord: false });
          else if (meaning.is === 'whole') objects.push({ digest, as: 'piece', ...place, bytes, isRecord: meaning.isRecord });
          else objects.push({ digest: meaning.object, as: 'recipe', ...place, bytes: meaning.bytes, isRecord: meaning.isRecord });
        meanings.delete(digest);
      }
      return { objects, chunks };
    },
  };
}

type Cut = AsyncIterable<{ readonly digest: Digest; readonly offset: number; readonly bytes: number }>;

interface Window {
  readonly pieces: readonly { readonly digest: Digest; readonly offset: number; readonly bytes: number }[];
  readonly from: number;
  readonly to: number;
}

async function* windowsOf(cut: Cut): AsyncGenerator<Window> {
  let pieces: Window['pieces'][number][] = [];
  for await (const piece of cut) {
    pieces.push(piece);
    const from = pieces[0]?.offset ?? 0;
    const to = piece.offset + piece.bytes;
    if (to - from < windowBytes) continue;
    yield { pieces, from, to };
    pieces = [];
  }
  const last = pieces.at(-1);
  if (last !== undefined) yield { pieces, from: pieces[0]?.offset ?? 0, to: last.offset + last.bytes };
}

const openingBrace = 0x7b;

/** Records are canonical JSON, which names its format without blanks. */
export function isRecordOfOurs(bytes: Uint8Array): boolean {
  return bytes[0] === openingBrace && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"format":"tidegate.');
}

async function beginsLikeRecord(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
  return buffer[0] === openingBrace;
}
