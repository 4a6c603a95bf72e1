import { openSync, readSync, writeSync, closeSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { folderFiles } from './folder/folder-files.ts';
import { remoteIndex } from './index/remote-index.ts';
import { objectFileName, packName } from './objects/pack-name.ts';

/** Changes a byte of a stored object in a remote's folder. */
export async function damageObject(remote: string, digest: Digest): Promise<void> {
  const view = await remoteIndex(folderFiles(remote), { zone: 'main', cache: null }).look();
  const found = (await view.objects([digest])).get(digest);
  if (found === undefined) throw new Error(`${digest} is not in ${remote}`);
  const path = join(remote, found.as === 'file' ? objectFileName(digest) : packName(found.zone, found.pack));
  chmodSync(path, 0o644);
  const handle = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, found.offset);
  writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, found.offset);
  closeSync(handle);
}
