import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure } from '@tidegate/formats';

/** `instead` is what to do when something is there already. @throws TG-CLI-USAGE then, and when it cannot be written there */
export async function writeNewFile(
  path: string,
  content: string,
  instead = 'Choose another file, or move away what is in its place',
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isThere = code === 'EEXIST';
    const hint = isThere ? instead : 'Choose another file, or move away what is in its place';
    throw failure('TG-CLI-USAGE', `Cannot write "${path}": ${isThere ? 'it is there already' : message}`, hint, error);
  }
}
