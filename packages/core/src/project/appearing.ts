import { dirname } from 'node:path';
import { failure } from '@tidegate/formats';
import { mkdir, readdir, rename, rm, rmdirSync, temporaryBeside } from '../platform/index.ts';

/** Makes a folder under another name, and gives it its own when it is whole. @throws TG-CLI-USAGE when something is in it */
export async function appearing(folder: string, make: (temporary: string) => Promise<void>): Promise<void> {
  await refuseFull(folder);
  const temporary = temporaryBeside(folder);
  try {
    await mkdir(dirname(folder), { recursive: true });
    await make(temporary);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function refuseFull(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw fail(folder, error.code === 'ENOTDIR' ? 'it is a file' : error.message, error);
  });
  if (found === null) return;
  if (found.length > 0) throw fail(folder, 'something is in it');
  rmdirSync(folder);
}

function fail(folder: string, found: string, cause?: unknown): Error {
  return failure('TG-CLI-USAGE', `Cannot write into "${folder}": ${found}`, 'Name a folder that is empty, or not there yet', cause);
}
