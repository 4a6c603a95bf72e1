import { createHmac, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { failure, type SecretHash } from '@tidegate/formats';
import { link, mkdir, type Platform, readFile, rm, stat, temporaryBeside, writeFile } from '../platform/index.ts';
import type { Home } from '../store/index.ts';

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
  const found = await stat(path).catch(() => null);
  if (found === null) await makeKey(path);
  else if ((found.mode & 0o077) !== 0)
    throw failure('TG-SECRETS-KEY', `Cannot use the key "${path}": others than its owner can read it`, `Run: chmod 600 ${path}`);
  return checkedKey((await readFile(path, 'utf8')).trim(), `"${path}"`, `Take it away, and another is made: rm ${path}`);
}

function checkedKey(key: string, name: string, hint: string): string {
  if (key.length >= shortestKey) return key;
  throw failure('TG-SECRETS-KEY', `Cannot use the key ${name}: it has ${key.length} characters, and ${shortestKey} is the least`, hint);
}

/** Under a temporary name, then linked: of several processes one is first, and half a key is never seen. */
async function makeKey(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
