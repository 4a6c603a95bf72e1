import type { ScanFinding } from './scan-finding.ts';

/** Levels of a model; those of XGBoost have seven. */
const deepest = 64;

/** Bytes of the types of a fixed length, by their marker (ubjson.org, draft 12). */
const widths: Readonly<Record<string, number>> = { Z: 0, N: 0, T: 0, F: 0, i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8, C: 1 };

/**
 * What is unsafe about a file of UBJSON, in which XGBoost writes its models: bytes that are no such file, or not a whole one. It holds values and names
 * nothing to run.
 */
export function scanUbjson(bytes: Uint8Array): readonly ScanFinding[] {
  const reader: Reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  try {
    skipValue(reader, marker(reader), 0);
    if (reader.at === bytes.length) return [];
    return [{ where: `byte ${reader.at}`, what: `has ${bytes.length - reader.at} bytes behind its end`, name: null }];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ where: `byte ${reader.at}`, what: 'cannot be read as UBJSON', name: null }];
  }
}

/** Whether bytes begin as an object of UBJSON whose first name has a length of 64 bits, as XGBoost writes it. */
export function isUbjson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b && bytes[1] === 0x4c && bytes[2] === 0;
}

interface Reader {
  readonly view: DataView;
  at: number;
}

function marker(reader: Reader): string {
  return String.fromCharCode(reader.view.getUint8(reader.at++));
}

function skip(reader: Reader, bytes: number): void {
  if (!(bytes >= 0) || reader.at + bytes > reader.view.byteLength) throw new RangeError('it ends in the middle of a value');
  reader.at += bytes;
}

function skipValue(reader: Reader, type: string, depth: number): void {
  if (depth > deepest) throw new RangeError('it is too deep');
  const width = widths[type];
  if (width !== undefined) skip(reader, width);
  else if (type === 'S' || type === 'H') skip(reader, lengthAt(reader));
  else if (type === '[' || type === '{') skipContainer(reader, { isObject: type === '{', depth });
  else throw new RangeError('there is no such type');
}

/** `[$d#L…` is a list whose items all have one type and whose length is known; without `#` it goes on to its closing bracket. */
function skipContainer(reader: Reader, { isObject, depth }: { readonly isObject: boolean; readonly depth: number }): void {
  const has = (sign: string): boolean => String.fromCharCode(reader.view.getUint8(reader.at)) === sign;
  const typed = has('$') ? (skip(reader, 1), marker(reader)) : null;
  const count = has('#') ? (skip(reader, 1), lengthAt(reader)) : null;
  if (typed !== null && count === null) throw new RangeError('it has a type and no length');
  const width = typed === null ? undefined : widths[typed];
  if (!isObject && width !== undefined && count !== null) return skip(reader, width * count);
  for (let item = 0; count === null || item < count; item++) {
    if (count === null && has(isObject ? '}' : ']')) return skip(reader, 1);
    if (isObject) skip(reader, lengthAt(reader));
    const before = reader.at;
    skipValue(reader, typed ?? marker(reader), depth + 1);
    if (reader.at === before && count !== null && count > reader.view.byteLength) throw new RangeError('it has more items than bytes');
  }
}

function lengthAt(reader: Reader): number {
  const { view } = reader;
  const type = marker(reader);
  const at = reader.at;
  skip(reader, widths[type] ?? Number.NaN);
  const length = { i: () => view.getInt8(at), U: () => view.getUint8(at), I: () => view.getInt16(at), l: () => view.getInt32(at) }[type];
  if (length !== undefined) return length();
  if (type === 'L') return Number(view.getBigInt64(at));
  throw new RangeError('it has no length');
}
