import { crc32, inflateRawSync } from 'node:zlib';

/** An entry of an archive, as the central directory and its own header agree on it. */
export interface ZipEntry {
  readonly name: string;
  /** Its bytes without compression. @throws ZipFault when they are not what the archive says */
  readonly content: () => Uint8Array;
}

/** What is odd about an archive: readers differ in what they make of it, and one may see what another does not. */
export interface ZipFault {
  readonly where: string;
  readonly what: string;
}

/** The entries of a ZIP archive, and what is odd about it. */
export interface ReadZip {
  readonly entries: readonly ZipEntry[];
  readonly faults: readonly ZipFault[];
}

// APPNOTE.TXT 6.3.10 of PKWARE: sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end), 4.3.14 and 4.3.15 (ZIP64)
const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 } as const;
/** Encryption, a patched entry, strong encryption, a masked directory. */
const refusedFlags = 0x1 | 0x20 | 0x40 | 0x2000;
const lateSizes = 0x8;
/** An entry that grows to more than this is nothing that a model file has beside its tensors, which lie in it as they are. */
const mostBytes = 4 * 2 ** 30 - 1;

interface Listed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly bytes: number;
  readonly offset: number;
  readonly mode: number;
}

/** Reads the directory of an archive and holds every entry's own header against it. Nothing is unpacked before it is asked for. */
export function readZip(file: Uint8Array): ReadZip {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const faults: ZipFault[] = [];
  const fault = (where: string, what: string): void => void faults.push({ where, what });
  try {
    const directory = directoryOf(view, fault);
    const listed = listedIn(view, directory, fault);
    const entries = entriesOf(view, { listed, start: directory.start, fault });
    return { entries, faults };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault('archive', 'cannot be read: a header runs over its end');
    return { entries: [], faults };
  }
}

type Fault = (where: string, what: string) => void;

interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** Where its end begins. */
  readonly until: number;
}

function directoryOf(view: DataView, fault: Fault): Directory {
  const ends: number[] = [];
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--)
    if (view.getUint32(at, true) === signatures.end) ends.push(at);
  const [last] = ends;
  if (last === undefined) throw new RangeError('no end');
  if (last + 22 + view.getUint16(last + 20, true) !== view.byteLength) fault('archive', 'has bytes behind its end');
  const disks = view.getUint16(last + 4, true);
  const [count, size, start] = [view.getUint16(last + 10, true), view.getUint32(last + 12, true), view.getUint32(last + 16, true)];
  const is64 = last >= 20 && view.getUint32(last - 20, true) === signatures.locator64;
  const directory = is64 ? directory64(view, last - 20) : { start, end: start + size, count, until: last };
  // an archive within an entry has an end too; whoever looks from the back finds the last one first, where no comment follows it
  const isWithinEntries = ends.slice(1).every((end) => end < directory.start) && last + 22 === view.byteLength;
  if (ends.length > 1 && !isWithinEntries) fault('archive', 'has more than one end of its directory');
  if (disks !== 0 && disks !== 0xffff) fault('archive', 'is one part of several');
  if (directory.end !== directory.until) fault('archive', 'has bytes between its directory and its end');
  return directory;
}

function directory64(view: DataView, locator: number): Directory {
  const at64 = Number(view.getBigUint64(locator + 8, true));
  if (view.getUint32(at64, true) !== signatures.end64) throw new RangeError('no end of a large archive');
  const [size, start] = [Number(view.getBigUint64(at64 + 40, true)), Number(view.getBigUint64(at64 + 48, true))];
  return { start, end: start + size, count: Number(view.getBigUint64(at64 + 32, true)), until: at64 };
}

function listedIn(view: DataView, { start, end, count }: Directory, fault: Fault): readonly Listed[] {
  const listed: Listed[] = [];
  let at = start;
  while (at < end) {
    if (view.getUint32(at, true) !== signatures.central) throw new RangeError('no entry');
    const [nameBytes, extraBytes, commentBytes] = [
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
      view.getUint16(at + 32, true),
    ];
    const name = textAt(view, at + 46, nameBytes);
    const extra = { at: at + 46 + nameBytes, length: extraBytes };
    if (extraFields(view, extra).includes(unicodePath)) fault(`entry "${name}"`, 'has a second name, which some readers take');
    const large = sizes64(view, extra, [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]);
    listed.push({
      name,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      bytes: large[0] ?? 0,
      packed: large[1] ?? 0,
      offset: large[2] ?? 0,
      mode: view.getUint32(at + 38, true) >>> 16,
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  if (listed.length !== count) fault('archive', `says that it has ${count} entries and lists ${listed.length}`);
  return listed;
}

/** Of Info-ZIP: the name once more, as UTF-8 (APPNOTE.TXT 4.6.9). Python reads it. */
const unicodePath = 0x7075;

function extraFields(view: DataView, extra: { readonly at: number; readonly length: number }): readonly number[] {
  const ids: number[] = [];
  for (let at = extra.at; at + 4 <= extra.at + extra.length; at += 4 + view.getUint16(at + 2, true)) ids.push(view.getUint16(at, true));
  return ids;
}

/** Size, packed size and offset of a large entry stand in the extra field 1, those of them only that do not fit elsewhere. */
function sizes64(view: DataView, extra: { readonly at: number; readonly length: number }, short: readonly number[]): readonly number[] {
  if (!short.includes(0xffffffff)) return short;
  for (let at = extra.at; at + 4 <= extra.at + extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    return short.map((value) => {
      if (value !== 0xffffffff) return value;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  throw new RangeError('no sizes of a large entry');
}

interface Listing {
  readonly listed: readonly Listed[];
  /** Where the directory starts. */
  readonly start: number;
  readonly fault: Fault;
}

function entriesOf(view: DataView, { listed, start, fault }: Listing): readonly ZipEntry[] {
  const names = new Set<string>();
  const places: { readonly from: number; readonly until: number; readonly name: string }[] = [];
  const entries = listed.map((entry) => {
    const where = `entry "${entry.name}"`;
    if (names.has(entry.name.toLowerCase())) fault(where, 'is there twice');
    names.add(entry.name.toLowerCase());
    for (const what of oddities(entry)) fault(where, what);
    const content = contentPlace(view, entry, fault);
    places.push({ from: entry.offset, until: content.until, name: entry.name });
    return { name: entry.name, content: () => contentOf(view, entry, content.from) };
  });
  places.sort((a, b) => a.from - b.from);
  let until = 0;
  for (const place of places) {
    if (place.from < until) fault(`entry "${place.name}"`, 'lies over another one');
    else if (place.from > until) fault('archive', `has bytes that no entry accounts for, before the entry "${place.name}"`);
    until = Math.max(until, place.until);
  }
  if (until !== start) fault('archive', 'has bytes that no entry accounts for, before its directory');
  return entries;
}

function oddities({ name, flags, method, mode, bytes }: Listed): readonly string[] {
  const isOutside = name.startsWith('/') || name.includes('\\') || /^[a-zA-Z]:/.test(name) || name.split('/').includes('..');
  return [
    ...(isOutside ? ['has a path that leads out of the archive'] : []),
    ...(name === '' || name.includes('\0') ? ['has no proper name'] : []),
    ...((flags & refusedFlags) !== 0 ? ['is encrypted, or has a flag of something that is'] : []),
    ...(method !== 0 && method !== 8 ? [`is packed by method ${method}, which most readers do not know`] : []),
    ...((mode & 0o170000) === 0o120000 ? ['is a symbolic link'] : []),
    ...(bytes > mostBytes ? ['is larger than 4 GiB'] : []),
  ];
}

/** Holds the header before the content against the directory. */
function contentPlace(view: DataView, entry: Listed, fault: Fault): { readonly from: number; readonly until: number } {
  const { offset: at, name } = entry;
  const where = `entry "${name}"`;
  if (view.getUint32(at, true) !== signatures.local) throw new RangeError('no header');
  const [nameBytes, extraBytes] = [view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
  const flags = view.getUint16(at + 6, true);
  const isLate = (flags & lateSizes) !== 0;
  if (extraFields(view, { at: at + 30 + nameBytes, length: extraBytes }).includes(unicodePath))
    fault(where, 'has a second name, which some readers take');
  if (textAt(view, at + 30, nameBytes) !== name) fault(where, 'has another name in its own header');
  if (flags !== entry.flags) fault(where, 'has other flags in its own header');
  if (view.getUint16(at + 8, true) !== entry.method) fault(where, 'is packed by another method in its own header');
  const own = [view.getUint32(at + 14, true), view.getUint32(at + 18, true), view.getUint32(at + 22, true)];
  const listed = [entry.crc, entry.packed, entry.bytes];
  const isOther = own.some((value, index) => value !== listed[index] && value !== 0xffffffff && !(isLate && value === 0));
  if (isOther) fault(where, 'has another size or checksum in its own header');
  const from = at + 30 + nameBytes + extraBytes;
  return { from, until: from + entry.packed + (isLate ? descriptorBytes(view, from + entry.packed, entry) : 0) };
}

/** Sizes that are known only at the end stand behind the content, with a signature or without, as 32 or 64 bits. */
function descriptorBytes(view: DataView, at: number, { crc, packed }: Listed): number {
  const isSigned = view.getUint32(at, true) === 0x08074b50;
  const first = at + (isSigned ? 4 : 0);
  if (view.getUint32(first, true) !== crc) return 0;
  const isShort = view.getUint32(first + 4, true) === packed && view.getUint32(first + 8, true) !== 0;
  return first - at + (isShort || packed === 0 ? 12 : 20);
}

/** Thrown by {@link ZipEntry.content}: the content is not what the archive says of it. */
export class ZipContentFault extends Error {}

function contentOf(view: DataView, { method, crc, bytes, packed }: Listed, from: number): Uint8Array {
  if (from + packed > view.byteLength) throw new ZipContentFault('runs over the end of the archive');
  const raw = new Uint8Array(view.buffer, view.byteOffset + from, packed);
  const content = method === 8 ? inflated(raw, bytes) : raw;
  if (content.length !== bytes) throw new ZipContentFault(`has ${content.length} bytes where the archive says ${bytes}`);
  if (crc32(content) !== crc) throw new ZipContentFault('does not have the checksum that the archive says');
  return content;
}

function inflated(raw: Uint8Array, bytes: number): Uint8Array {
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    throw new ZipContentFault('cannot be unpacked to the size that the archive says');
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function textAt(view: DataView, at: number, length: number): string {
  if (at + length > view.byteLength) throw new RangeError('no name');
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RangeError('a name is no UTF-8'); // readers differ in what they make of it
  }
}
