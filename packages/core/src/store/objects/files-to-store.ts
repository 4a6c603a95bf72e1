import { join, sep } from 'node:path';
import { failure } from '@tidegate/formats';
import { entriesBelow, realpath, statSync } from '../../platform/index.ts';

/** The files of a folder that is to be stored; links among them are followed to files of the same folder. @throws TG-STORE-LINK */
export async function filesToStore(folder: string): Promise<readonly string[]> {
  const { files, links } = entriesBelow(folder);
  const inside = `${await realpath(folder)}${sep}`;
  for (const link of links) {
    const path = join(folder, link);
    const end = await realpath(path).catch(() => null);
    if (end === null || !end.startsWith(inside) || !statSync(end).isFile())
      throw failure(
        'TG-STORE-LINK',
        `Cannot store "${path}": it is a symbolic link to ${end === null ? 'nothing' : 'something that is no file of that folder'}`,
        'Put the file itself there instead of the link',
      );
  }
  return [...files, ...links];
}

/** A name that is not UTF-8 cannot be opened under the name that was read. */
export function unreadable(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !path.includes('\uFFFD')) return error;
  return failure('TG-STORE-NAME', `Cannot store "${path}": its name is not valid UTF-8`, 'Rename the file', error);
}
