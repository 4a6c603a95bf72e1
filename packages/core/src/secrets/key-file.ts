import { dirname } from 'node:path';
import { failure } from '@tidegate/formats';
import { link, mkdir, readFile, rm, stat, temporaryBeside, writeFile } from '../platform/index.ts';

/**
 * A key that only its owner can read, in a file that is made when it is first needed, by one of the processes that need it at once.
 *
 * @throws TG-SECRETS-KEY when others can read it
 */
export async function keyFile(path: string, make: () => string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) await makeFile(path, make());
  else if ((found.mode & 0o077) !== 0)
    throw failure('TG-SECRETS-KEY', `Cannot use the key "${path}": others than its owner can read it`, `Run: chmod 600 ${path}`);
  return readFile(path, 'utf8');
}

/** Under a temporary name, then linked: of several processes one is first, and half a key is never seen. */
async function makeFile(path: string, key: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, `${key.trimEnd()}\n`, { mode: 0o600, flush: true });
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
