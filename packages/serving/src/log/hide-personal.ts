import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggedValue } from '@tidegate/formats';

/** Turns a personal value into one that tells nothing but equality to who has not the key. Null stays null. */
export type HideValue = (value: LoggedValue) => LoggedValue;

/** HMAC-SHA-256 (RFC 2104) under the key of the log's folder, first 128 bits in hexadecimal. The key never leaves the folder. */
export function hideBy(folder: string): HideValue {
  const key = keyOf(folder);
  return (value) =>
    value === null
      ? null
      : createHmac('sha256', key)
          .update(`${typeof value} ${String(value)}`)
          .digest('hex')
          .slice(0, 32);
}

/** The folder's key, made at the first use; of two servers that start at once one makes it. */
function keyOf(folder: string): Buffer {
  const path = join(folder, 'personal.key');
  if (!existsSync(path)) {
    const own = join(folder, `.tmp-${process.pid}-key`);
    writeFileSync(own, randomBytes(32), { mode: 0o600 });
    try {
      linkSync(own, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(own);
    }
  }
  return readFileSync(path);
}
