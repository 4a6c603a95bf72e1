import { dirname, join } from 'node:path';
import type { Zone } from '@tidegate/formats';
import { folderFiles } from './folder/folder-files.ts';
import { packedRemote } from './packed-remote.ts';
import type { Remote } from './remote.ts';

/** A remote in a folder that several machines see, or that is carried from one to the other. Files on their way lie beside it. */
export function folderRemote(root: string, zone: Zone): Remote {
  return packedRemote(folderFiles(root), { zone, scratch: join(dirname(root), '.tidegate-incoming'), cache: null });
}
