import type { TarEntry } from './tar-entry.ts';

/** Attributes that tell of the file that was packed, and mean nothing here. */
const ignored: readonly string[] = ['mtime', 'atime', 'ctime', 'uid', 'gid', 'uname', 'gname', 'comment'];

/**
 * Attributes of an entry (IEEE Std 1003.1-2017, pax, "pax Extended Header": `LENGTH KEYWORD=VALUE\n`).
 * @returns path and size, where they are there; or why the attributes are refused
 */
export function parsePax(bytes: Buffer): Partial<TarEntry> | string {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const length = Number(/^[1-9]\d{0,6}(?= )/.exec(bytes.toString('latin1', at, at + 8))?.[0] ?? Number.NaN);
    const record = bytes.subarray(at, at + length);
    const equals = record.indexOf('=');
    if (!(record.length === length) || record.at(-1) !== 10 || equals < 0) return 'the attributes of an entry are malformed';
    const [key, value] = [keyOf(record, equals), textOf(record.subarray(equals + 1, -1))];
    if (value === null || value.includes('\0')) return `the attribute "${key}" of an entry holds a NUL or is not UTF-8`;
    if (found.has(key)) return `the attribute "${key}" of an entry is there twice`;
    if (key !== 'path' && key !== 'size' && !ignored.includes(key))
      return `the attribute "${key}" of an entry is not one that a file needs`;
    found.set(key, value);
    at += length;
  }
  const [path, size] = [found.get('path'), found.get('size')];
  if (size !== undefined && !/^(?:0|[1-9]\d{0,14})$/.test(size)) return 'the size of an entry is not a whole number from 0';
  return { ...(path !== undefined && { path }), ...(size !== undefined && { bytes: Number(size) }) };
}

function keyOf(record: Buffer, equals: number): string {
  return record.toString('latin1', record.indexOf(' ') + 1, equals);
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
