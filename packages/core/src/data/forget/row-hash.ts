import { createHmac } from 'node:crypto';
import type { TableColumn } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';

/** What the hashes of rows are made with: docs/reference/formats/tombstone.md fixes the rule. */
export interface RowHashing {
  /** A secret: without it nobody can try which keys were forgotten. */
  readonly secret: string;
  readonly project: string;
  readonly dataset: string;
}

const blockBytes = 64;

/** HMAC-SHA-256 of the key of a row, as hexadecimal digits: of each value its length in bytes, a colon and the value as text. */
export function hashOfRow(hashing: RowHashing, values: readonly string[]): string {
  const text = values.map((value) => `${Buffer.byteLength(value)}:${value}`).join('');
  return createHmac('sha256', hashing.secret)
    .update(`${scopeOf(hashing)}${text}`)
    .digest('hex');
}

/** SQL of the same over a row that has the columns. The engine has SHA-256 and no HMAC, so this is RFC 2104 written out. */
export function rowHashSql(hashing: RowHashing, columns: readonly TableColumn[], quoteName: (name: string) => string): string {
  const key = Buffer.alloc(blockBytes);
  keyBytes(hashing.secret).copy(key);
  const padded = (byte: number): string => `from_hex('${Buffer.from(key.map((one) => one ^ byte)).toString('hex')}')`;
  const values = columns.map(({ name }) => `CAST(${quoteName(name)} AS VARCHAR)`);
  const text = values.flatMap((value) => [`strlen(${value})`, "':'", value]).join(', ');
  const inner = `sha256(${padded(0x36)} || encode(concat(${quoteText(scopeOf(hashing))}, ${text})))`;
  return `sha256(${padded(0x5c)} || unhex(${inner}))`;
}

/** The same row of another dataset has another hash. */
function scopeOf({ project, dataset }: RowHashing): string {
  return `tidegate.tombstone/1 ${project}/${dataset} `;
}

function keyBytes(secret: string): Buffer {
  const bytes = Buffer.from(secret);
  if (bytes.length <= blockBytes) return bytes;
  throw new Error(`Cannot hash rows with a key of ${bytes.length} bytes: ${blockBytes} are the most; please report this`);
}
