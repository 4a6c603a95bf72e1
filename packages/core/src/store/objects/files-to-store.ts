import { join, sep } from 'node:path';
import { failure } from '@tidegate/formats';
import { entriesBelow, realpath, type Stats, statSync } from '../../platform/index.ts';

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

/** The stat of a file that is to be stored, links followed. @throws TG-STORE-NAME: a name that is not UTF-8 cannot be opened under the name that was read */
export function readable(path: string): Stats {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined) return stat;
  if (path.includes('\uFFFD')) throw failure('TG-STORE-NAME', `Cannot store "${path}": its name is not valid UTF-8`, 'Rename the file');
  throw failure(
    'TG-STORE-FILE-CHANGED',
    `Cannot store "${path}": it went away meanwhile`,
    'Run the command again when nothing writes to the folder',
  );
}
