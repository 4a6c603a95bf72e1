import { createHmac, randomBytes } from 'node:crypto';
import { failure, type SecretHash } from '@tidegate/formats';
import type { Platform } from '../platform/index.ts';
import type { Home } from '../store/index.ts';
import { keyFile } from './key-file.ts';

/** What enters a key for a secret. Specification: docs/reference/formats/key-record.md. */
export function hashOfSecret(key: string, variable: string, value: string): SecretHash {
  return `hmac-sha256:${createHmac('sha256', key).update(`${variable}\0${value}`).digest('hex')}`;
}

/** Shortest key that is given by hand, in characters: half of what a made one has. */
const shortestKey = 32;

/**
 * The key of the hashes: `TIDEGATE_SECRET_KEY`, for machines that share results of steps with secrets, or that of the home, which is made
 * when it is first needed, by one of the processes that need it at once.
 *
 * @throws TG-SECRETS-KEY
 */
export async function hashKey({ secretKey: path }: Home, { variables }: Platform): Promise<string> {
  const given = variables['TIDEGATE_SECRET_KEY'] ?? '';
  if (given !== '') return checkedKey(given, '"TIDEGATE_SECRET_KEY"', 'export TIDEGATE_SECRET_KEY=$(openssl rand -hex 32)');
  return checkedKey(
    (await keyFile(path, () => randomBytes(32).toString('hex'))).trim(),
    `"${path}"`,
    `Take it away, and another is made: rm ${path}`,
  );
}

function checkedKey(key: string, name: string, hint: string): string {
  if (key.length >= shortestKey) return key;
  throw failure('TG-SECRETS-KEY', `Cannot use the key ${name}: it has ${key.length} characters, and ${shortestKey} is the least`, hint);
}
