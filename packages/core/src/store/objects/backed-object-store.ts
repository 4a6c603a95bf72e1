import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { mkdir, rm, temporaryBeside } from '../../platform/index.ts';
import { checkOutEntries } from './check-out-entries.ts';
import { isCorrupt } from './failures.ts';
import type { ObjectStore } from './object-store.ts';
import { contentsOfTree } from './tree/contents-of-tree.ts';
import { readWholeTree } from './tree/read-tree.ts';
import type { Remote } from '../remote/remote.ts';

/**
 * A store that takes what it does not have from a remote, at the moment somebody reads it, and keeps it. What a remote has counts as being
 * there; an object that is damaged there does not, and is told by name when it is read.
 *
 * @param scratch folder on the file system of `local` for files on their way
 */
export function backedObjectStore(
  local: ObjectStore,
  remote: Pick<Remote, 'missing' | 'getObject' | 'getObjects'>,
  scratch: string,
): ObjectStore {
  const underway = new Map<Digest, Promise<void>>();
  const damaged = new Set<Digest>();
  let made: Promise<unknown> | null = null;

  const fetchObject = async (digest: Digest): Promise<void> => {
    if (damaged.has(digest) || (await local.has(digest))) return;
    made ??= mkdir(scratch, { recursive: true });
    await made;
    const temporary = temporaryBeside(join(scratch, 'object'));
    try {
      const received = await remote.getObject(digest, temporary);
      if (received === 'at-path') await local.putFile(temporary, digest);
      else if (received !== null) await local.putBytes(received);
    } catch (error) {
      if (isCorrupt(error)) damaged.add(digest); // a remote that we may only read keeps it
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  };
  const ensure = (digest: Digest): Promise<void> => {
    const known = underway.get(digest) ?? fetchObject(digest).finally(() => underway.delete(digest));
    underway.set(digest, known);
    return known;
  };
  /** One that is damaged here is set aside on reading, and taken from the remote once. */
  const reading = async <T>(digest: Digest, read: () => Promise<T>): Promise<T> => {
    await ensure(digest);
    try {
      return await read();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      await ensure(digest);
      if (await local.has(digest)) return read();
      throw error;
    }
  };

  const nowhere = async (wanted: Parameters<ObjectStore['missing']>[0]): Promise<readonly Digest[]> => {
    if (wanted.length === 0) return [];
    const gone = new Set(await remote.missing(wanted.filter(({ digest }) => !damaged.has(digest))));
    return wanted.map(({ digest }) => digest).filter((digest) => damaged.has(digest) || gone.has(digest));
  };
  const missing: ObjectStore['missing'] = async (objects) => {
    const gone = new Set(await local.missing(objects));
    return nowhere(objects.filter(({ digest }) => gone.has(digest)));
  };
  const fetch: ObjectStore['fetch'] = async (objects) => {
    const wanted = (await local.missing(objects)).filter((digest) => !damaged.has(digest));
    if (wanted.length > 0)
      await remote.getObjects(wanted, async (digest, content) => {
        await (typeof content === 'string' ? local.putFile(content, digest) : local.putBytes(content));
      });
    return objects.length === 0 ? [] : local.missing(objects);
  };
  const readJson: ObjectStore['readJson'] = (digest) => reading(digest, () => local.readJson(digest));
  const ahead = (records: readonly Digest[]): Promise<unknown> => fetch(records.map((digest) => ({ digest, bytes: null })));
  const readTree: ObjectStore['readTree'] = (digest) => readWholeTree({ readJson, ahead }, digest);
  const checkOut: ObjectStore['checkOut'] = (digest, path, options) => reading(digest, () => local.checkOut(digest, path, options));
  const checkOutFiles: ObjectStore['checkOutFiles'] = async (files, options) => {
    await fetch(files.map(({ digest }) => ({ digest, bytes: null })));
    try {
      await local.checkOutFiles(files, options);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      for (const { digest } of files) await reading(digest, () => local.readBytes(digest)); // each is taken anew where it is damaged here
      await local.checkOutFiles(files, options);
    }
  };

  return {
    putBytes: local.putBytes,
    putJson: local.putJson,
    putFile: local.putFile,
    takeFile: local.takeFile,
    putFiles: local.putFiles,
    putTree: local.putTree,
    putEntries: local.putEntries,
    has: async (digest) => (await missing([{ digest, bytes: null }])).length === 0,
    missing,
    renew: async (digests) => nowhere((await local.renew(digests)).map((digest) => ({ digest, bytes: null }))),
    fetch,
    pathOf: (digest) => reading(digest, () => local.pathOf(digest)),
    readBytes: (digest) => reading(digest, () => local.readBytes(digest)),
    readJson,
    readTree,
    contentsOf: async (tree) => contentsOfTree(tree, await readTree(tree)),
    checkOut,
    checkOutFiles,
    checkOutTree: async (digest, folder, options = {}) =>
      checkOutEntries(await readTree(digest), folder, (files) => checkOutFiles(files, options)),
  };
}
