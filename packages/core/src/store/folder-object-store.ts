import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { canonicalJson, type Digest, digestOfHex, failure, hexOf, type Json, type Tree, type TreeEntry } from '@tidegate/formats';
import {
  chmod,
  constants,
  copyFile,
  createReadStream,
  digestOfBytes,
  exists,
  filesBelow,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  syncFolder,
  temporaryBeside,
} from '../platform/index.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * Objects as files `objects/ab/cdef…`, each whole and read-only. An object is written to a temporary name in the same
 * folder, fsynced and renamed, so a file under its final name is always complete. Format: docs/reference/formats/object-store.md.
 */
export function folderObjectStore(root: string): ObjectStore {
  const fileOf = (digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));

  const putBytes: ObjectStore['putBytes'] = async (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const digest = digestOfBytes(bytes);
    const path = fileOf(digest);
    if (!(await exists(path))) {
      await install(path, async (temporary) => {
        const handle = await open(temporary, 'wx', 0o444);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
      });
    }
    return { digest, bytes: bytes.byteLength };
  };

  const putFile: ObjectStore['putFile'] = async (source, known) => {
    if (known !== undefined && (await exists(fileOf(known)))) return { digest: known, bytes: (await stat(source)).size };
    const copy = temporaryBeside(join(root, 'incoming'));
    await mkdir(root, { recursive: true });
    try {
      await copyFile(source, copy, constants.COPYFILE_FICLONE);
      const { digest, bytes } = await digestOfContent(copy);
      if (known !== undefined && known !== digest)
        throw failure(
          'TG-STORE-FILE-CHANGED',
          `Cannot store "${source}": it changed while it was read`,
          'Run the command again when nothing writes to the file',
        );
      const path = fileOf(digest);
      if (!(await exists(path)))
        await install(path, async (temporary) => {
          await chmod(copy, 0o444);
          const handle = await open(copy, 'r');
          try {
            await handle.sync();
          } finally {
            await handle.close();
          }
          await rename(copy, temporary);
        });
      return { digest, bytes };
    } finally {
      await rm(copy, { force: true });
    }
  };

  const pathOf: ObjectStore['pathOf'] = async (digest) => {
    const path = fileOf(digest);
    if (!(await exists(path)))
      throw failure(
        'TG-STORE-OBJECT-MISSING',
        `Cannot read object "${digest}": it is not in the store`,
        'Run "tidegate run" to make it again',
      );
    return path;
  };

  const readBytes: ObjectStore['readBytes'] = async (digest) => {
    const bytes = await readFile(await pathOf(digest));
    if (digestOfBytes(bytes) !== digest) {
      await rename(fileOf(digest), `${fileOf(digest)}.corrupt`);
      throw failure(
        'TG-STORE-OBJECT-CORRUPT',
        `Cannot read object "${digest}": its bytes have another digest`,
        'Run "tidegate run" to make it again; the damaged file was set aside',
      );
    }
    return bytes;
  };

  const readJson: ObjectStore['readJson'] = async (digest) => JSON.parse(Buffer.from(await readBytes(digest)).toString('utf8')) as Json;
  const readTree: ObjectStore['readTree'] = async (digest) => (await readJson(digest)) as unknown as Tree;

  const checkOut: ObjectStore['checkOut'] = async (digest, path, options = {}) => {
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await copyFile(await pathOf(digest), path, constants.COPYFILE_FICLONE);
    await chmod(path, options.executable ? 0o755 : 0o644);
  };

  return {
    putBytes,
    putFile,
    putJson: (value) => putBytes(canonicalJson(value)),
    putTree: async (folder, paths) => {
      const entries: TreeEntry[] = [];
      for (const path of [...(paths ?? (await filesBelow(folder)))].sort((a, b) => (a < b ? -1 : 1))) {
        const { digest, bytes } = await putFile(join(folder, path));
        const executable = ((await stat(join(folder, path))).mode & 0o100) !== 0;
        entries.push({ path, digest, bytes, ...(executable && { executable }) });
      }
      const tree: Tree = { format: 'tidegate.tree/1', entries };
      const { digest } = await putBytes(canonicalJson(tree));
      return { digest, tree, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0) };
    },
    has: (digest) => exists(fileOf(digest)),
    pathOf,
    readBytes,
    readJson,
    readTree,
    checkOut,
    checkOutTree: async (digest, folder) => {
      await mkdir(folder, { recursive: true });
      for (const entry of (await readTree(digest)).entries)
        await checkOut(entry.digest, join(folder, entry.path), { executable: entry.executable === true });
    },
  };
}

/** Lets `write` fill a temporary file, then gives it its final name durably. */
async function install(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

async function digestOfContent(path: string): Promise<{ digest: Digest; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { digest: digestOfHex(hash.digest('hex')), bytes };
}
