import { type BlockReader, openBlocks } from './block-reader.ts';
import { faultOfName, nameRegister } from './entry-name.ts';
import { parsePax } from './parse-pax.ts';
import { refusedArchive } from './tar-failure.ts';
import type { TarEntry } from './tar-entry.ts';
import { parseHeader, type TarHeader } from './tar-header.ts';

export interface TarLimits {
  readonly entries: number;
  /** Of all entries together. */
  readonly bytes: number;
}

/** Does something with an entry; what it leaves of the content is skipped. What it throws ends the reading. */
export type Receive = (entry: TarEntry, content: AsyncIterable<Buffer>) => Promise<void>;

const block = 512;
const chunkBytes = 256 << 10;
/** Attributes of one entry; longer ones are no attributes. */
const longestPax = 64 << 10;

/**
 * Reads an archive from its beginning to its end: POSIX ustar with pax names and sizes, files and nothing else. Whatever is not exactly that is
 * refused as soon as it is met, before it is written anywhere: the caller throws away what it has received. Node's archive libraries have a long
 * record of holes in just this place, and none of them refuses.
 *
 * @throws TG-STORE-BUNDLE
 */
export async function readTar(file: string, limits: TarLimits, receive: Receive): Promise<void> {
  const blocks = await openBlocks(file);
  const refuse = (found: string): Error => refusedArchive(file, found);
  const isNew = nameRegister();
  let [entries, total] = [0, 0];
  try {
    for (;;) {
      const entry = await nextEntry(blocks, refuse);
      if (entry === null) break;
      const fault = faultOfName(entry.path);
      if (fault !== null) throw refuse(`the entry ${JSON.stringify(entry.path.slice(0, 200))} is refused: ${fault}`);
      if (!isNew(entry.path)) throw refuse(`two entries have names that are the same on some systems: ${JSON.stringify(entry.path)}`);
      entries += 1;
      total += entry.bytes;
      if (entries > limits.entries) throw refuse(`it has more than ${limits.entries} entries`);
      if (total > limits.bytes) throw refuse(`it unpacks to more than ${limits.bytes} bytes`);
      const content = contentOf(blocks, entry.bytes, refuse);
      await receive(entry, content);
      for await (const _ of content); // what is left of it
    }
  } finally {
    await blocks.close();
  }
}

type Refuse = (found: string) => Error;

/** The next file, with what pax says of it; null at the end, after which only zeros may follow. */
async function nextEntry(blocks: BlockReader, refuse: Refuse): Promise<TarEntry | null> {
  const first = await nextHeader(blocks, refuse);
  if (first === null) return null;
  if (first.type !== 'x') return entryOf(first, {}, refuse);
  if (first.bytes > longestPax) throw refuse('the attributes of an entry are too long');
  const pax = parsePax(await wholeContent(blocks, first.bytes, refuse));
  if (typeof pax === 'string') throw refuse(pax);
  const header = await nextHeader(blocks, refuse);
  if (header === null) throw refuse('it ends after the attributes of an entry');
  return entryOf(header, pax, refuse);
}

const kinds: { readonly [type: string]: string } = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a pipe',
  S: 'a sparse file',
  g: 'attributes of all entries',
  x: 'attributes of attributes',
};

function entryOf(header: TarHeader, pax: Partial<TarEntry>, refuse: Refuse): TarEntry {
  const path = pax.path ?? utf8(header.name);
  if (path === null) throw refuse(`the name of an entry is not UTF-8: ${JSON.stringify(header.name.toString('latin1'))}`);
  if (header.type !== '0') throw refuse(`the entry ${JSON.stringify(path.slice(0, 200))} is ${kinds[header.type] ?? 'no file'}`);
  return { path, bytes: pax.bytes ?? header.bytes };
}

async function nextHeader(blocks: BlockReader, refuse: Refuse): Promise<TarHeader | null> {
  const bytes = await blocks.read(block);
  if (bytes === null) throw refuse('it ends without the mark of its end');
  if (isZero(bytes)) {
    await requireZeros(blocks, refuse);
    return null;
  }
  const header = parseHeader(bytes);
  if (typeof header === 'string') throw refuse(header);
  return header;
}

/** One more block of zeros ends an archive; zeros up to a record of 10 KiB may follow, or a little more. */
async function requireZeros(blocks: BlockReader, refuse: Refuse): Promise<void> {
  const most = 64;
  for (let read = 0; ; read++) {
    const bytes = await blocks.read(block);
    if (bytes === null && read > 0) return;
    if (bytes === null || !isZero(bytes) || read > most) throw refuse('something else than its end follows the mark of its end');
  }
}

/** The content in pieces, then the zeros that fill the last block. */
async function* contentOf(blocks: BlockReader, bytes: number, refuse: Refuse): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0;) {
    const piece = await blocks.read(Math.min(left, chunkBytes));
    if (piece === null) throw refuse('it ends in the middle of an entry');
    left -= piece.length;
    yield piece;
  }
  const fill = (block - (bytes % block)) % block;
  const rest = fill === 0 ? Buffer.alloc(0) : await blocks.read(fill);
  if (rest === null || !isZero(rest)) throw refuse('something is hidden behind the content of an entry');
}

async function wholeContent(blocks: BlockReader, bytes: number, refuse: Refuse): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of contentOf(blocks, bytes, refuse)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
