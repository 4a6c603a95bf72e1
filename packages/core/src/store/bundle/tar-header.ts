/** What the header of an entry says, before anything is believed of it. */
export interface TarHeader {
  /** As bytes: whether they are UTF-8 is for the reader to say. */
  readonly name: Buffer;
  readonly bytes: number;
  /** POSIX `typeflag`: `0` a file, `x` attributes of the next entry. */
  readonly type: string;
}

/** Fields of a ustar header (IEEE Std 1003.1-2017, pax, "ustar Interchange Format"): offset and length. */
const fields = { name: [0, 100], size: [124, 12], checksum: [148, 8], magic: [257, 8], prefix: [345, 155] } as const;

/** @returns the header, or why it is none: only what POSIX writes is read, nothing that one tar takes for something else than another */
export function parseHeader(block: Buffer): TarHeader | string {
  const field = (name: keyof typeof fields): Buffer => block.subarray(fields[name][0], fields[name][0] + fields[name][1]);
  const checksum = octal(field('checksum'));
  if (checksum === null || checksum !== sumOf(block)) return 'a header has another checksum than its bytes';
  if (field('magic').toString('latin1') !== 'ustar\u000000') return 'a header is not of POSIX ustar';
  const bytes = octal(field('size'));
  if (bytes === null) return 'the size of an entry is not a whole number from 0 in octal digits';
  const [prefix, name] = [text(field('prefix')), text(field('name'))];
  if (prefix === null || name === null) return 'the name of an entry holds a NUL';
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    bytes,
    type: String.fromCharCode(block[156] ?? 0).replace('\0', '0'),
  };
}

/** Digits, then a space or NUL to the end. What begins otherwise (a minus, the base-256 form of GNU) is no number here. */
function octal(field: Buffer): number | null {
  const match = /^([0-7]+)[ \0]*$/.exec(field.toString('latin1'));
  const value = match?.[1] === undefined ? Number.NaN : Number.parseInt(match[1], 8);
  return Number.isSafeInteger(value) ? value : null;
}

/** Bytes up to the first NUL; null when something follows it. */
function text(field: Buffer): Buffer | null {
  const end = field.indexOf(0);
  if (end < 0) return field;
  return field.subarray(end).every((byte) => byte === 0) ? field.subarray(0, end) : null;
}

/** The sum of the header's bytes with its checksum field as spaces. */
function sumOf(block: Buffer): number {
  const [from, length] = fields.checksum;
  return block.reduce((sum, byte, at) => sum + (at >= from && at < from + length ? 32 : byte), 0);
}

/** The header of a file, or of another type. A name beyond 100 bytes or a size beyond 8 GiB does not fit. */
export function headerOf(name: string, bytes: number, type = '0'): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 'utf8');
  block.write('0000444\u00000000000\u00000000000\0', 100, 'latin1');
  block.write(`${bytes.toString(8).padStart(11, '0')}\u000000000000000\0`, 124, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
