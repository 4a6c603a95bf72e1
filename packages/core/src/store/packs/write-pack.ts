import { createHash } from 'node:crypto';
import { type Digest, digestOfHex, invariant } from '@tidegate/formats';
import { open, squeezePieces } from '../../platform/index.ts';
import { entryBytes, longestPack, longestPackedPiece, type PackEntry, packEnd, packMagic, trailerBytes } from './pack-format.ts';

/** A piece that is to go into a pack. */
export interface PieceToPack {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export interface WrittenPack {
  /** Of the whole file. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly entries: readonly PackEntry[];
}

export interface WritePackOptions {
  readonly signal?: AbortSignal;
}

type Pieces = AsyncIterable<PieceToPack> | Iterable<PieceToPack>;

/** What is squeezed at a time, and how many times at once: more would fill memory, fewer leave threads without work. */
const groupBytes = 2 << 20;
const groupsAtOnce = 3;

/**
 * Writes pieces into a new file, which is durable when the promise resolves. A digest that comes twice is stored once.
 *
 * @param pieces as many as fit: their bytes come to no more than 64 MiB less what the index takes
 * @throws what writing throws, the file being left as far as it was written; the reason of the signal
 */
export async function writePack(path: string, pieces: Pieces, options: WritePackOptions = {}): Promise<WrittenPack> {
  let written: WrittenPack | null = null;
  for await (const pack of writePacks(() => path, pieces, options)) {
    invariant(written === null, 'what goes into one pack fits into it');
    written = pack;
  }
  invariant(written !== null, 'a pack has a piece');
  return written;
}

/**
 * As {@link writePack}, into as many files as it takes; without pieces into none.
 *
 * @param nextPath asked for the path of each file, in turn
 */
export async function* writePacks(
  nextPath: () => string,
  pieces: Pieces,
  { signal }: WritePackOptions = {},
): AsyncGenerator<WrittenPack & { readonly path: string }, void, undefined> {
  let pack: OpenPack | null = null;
  try {
    for await (const piece of squeezedInTurn(pieces)) {
      signal?.throwIfAborted();
      if (pack !== null && !pack.hasRoomFor(piece)) {
        const full: OpenPack = pack;
        pack = null;
        yield await full.finish();
      }
      pack ??= await openPack(nextPath());
      await pack.add(piece);
    }
    if (pack !== null) yield await pack.finish();
  } finally {
    await pack?.close();
  }
}

interface SqueezedPiece extends Pick<PackEntry, 'digest' | 'bytes' | 'codec'> {
  readonly content: Uint8Array;
}

interface SqueezedGroup {
  readonly pieces: readonly SqueezedPiece[];
  readonly release: () => void;
}

/** Each as long as the next one is not asked for. */
async function* squeezedInTurn(pieces: Pieces): AsyncGenerator<SqueezedPiece> {
  const ahead: Promise<SqueezedGroup>[] = [];
  for await (const group of grouped(pieces)) {
    const squeezed = squeezeGroup(group);
    squeezed.catch(() => {}); // told when its turn comes
    ahead.push(squeezed);
    if (ahead.length === groupsAtOnce) yield* piecesOf(ahead.shift());
  }
  for (const group of ahead) yield* piecesOf(group);
}

async function* piecesOf(group: Promise<SqueezedGroup> | undefined): AsyncGenerator<SqueezedPiece> {
  const squeezed = await group;
  if (squeezed === undefined) return;
  yield* squeezed.pieces;
  squeezed.release();
}

async function squeezeGroup(group: readonly PieceToPack[]): Promise<SqueezedGroup> {
  const { pieces, release } = await squeezePieces(group.map(({ bytes }) => bytes));
  return {
    pieces: group.map(({ digest, bytes }, index) => {
      const { codec, stored } = pieces[index] ?? { codec: 'raw', stored: bytes };
      return { digest, bytes: bytes.byteLength, codec, content: stored };
    }),
    release,
  };
}

async function* grouped(pieces: Pieces): AsyncGenerator<readonly PieceToPack[]> {
  let group: PieceToPack[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    invariant(piece.bytes.byteLength <= longestPackedPiece, 'a piece is no longer than 16 MiB');
    group.push(piece);
    bytes += piece.bytes.byteLength;
    if (bytes < groupBytes) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

interface OpenPack {
  readonly hasRoomFor: (piece: SqueezedPiece) => boolean;
  readonly add: (piece: SqueezedPiece) => Promise<void>;
  readonly finish: () => Promise<WrittenPack & { readonly path: string }>;
  readonly close: () => Promise<void>;
}

/** What is written at a time. */
const writtenBytes = 1 << 20;

async function openPack(path: string): Promise<OpenPack> {
  const handle = await open(path, 'wx', 0o444);
  const hash = createHash('sha256');
  const entries = new Map<Digest, PackEntry>();
  const unwritten = Buffer.allocUnsafeSlow(writtenBytes);
  let [filled, offset] = [0, 0];
  const write = async (content: Uint8Array): Promise<void> => {
    hash.update(content);
    await handle.writeFile(content);
  };
  const flush = async (): Promise<void> => {
    await write(unwritten.subarray(0, filled));
    filled = 0;
  };
  const append = async (content: Uint8Array): Promise<void> => {
    offset += content.byteLength;
    if (filled + content.byteLength > unwritten.byteLength) await flush();
    if (content.byteLength > unwritten.byteLength) await write(content);
    else {
      unwritten.set(content, filled);
      filled += content.byteLength;
    }
  };
  await append(packMagic);
  return {
    hasRoomFor: ({ content }) => offset + content.byteLength + (entries.size + 1) * entryBytes + trailerBytes <= longestPack,
    add: async ({ digest, bytes, codec, content }) => {
      if (entries.has(digest)) return;
      entries.set(digest, { digest, offset, stored: content.byteLength, bytes, codec });
      await append(content);
    },
    finish: async () => {
      await append(packEnd([...entries.values()]));
      await flush();
      await handle.sync();
      await handle.close();
      return { path, digest: digestOfHex(hash.digest('hex')), bytes: offset, entries: [...entries.values()] };
    },
    close: () => handle.close(),
  };
}
