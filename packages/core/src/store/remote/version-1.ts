import type { Digest } from '@tidegate/formats';
import { concurrently } from '../../platform/index.ts';
import { objectFileName } from './objects/pack-name.ts';
import { isCorrupt } from '../objects/failures.ts';
import type { MovingOptions, Remote, ReceiveObject } from './remote.ts';
import type { RemoteFiles } from './remote-files.ts';
import type { NotGot } from './objects/get-objects.ts';
import { join } from 'node:path';
import { mkdir, rm, temporaryBeside } from '../../platform/index.ts';

/** Questions on their way at once: a place far away answers each of them late. */
const askedAtOnce = 32;

/** Objects of a remote that nobody has written to since version 1: each a file of its own, and no index. */
export const version1 = {
  missing: async (files: RemoteFiles, objects: Parameters<Remote['missing']>[0]): Promise<readonly Digest[]> => {
    const isGone = await concurrently(askedAtOnce, objects, async ({ digest, bytes }) => {
      const found = await files.read(objectFileName(digest), { range: { from: 0, to: 1 } });
      return found === null || (bytes !== null && found.size !== bytes);
    });
    return objects.flatMap(({ digest }, index) => (isGone[index] === true ? [digest] : []));
  },
  getObjects: async (
    { files, scratch }: { readonly files: RemoteFiles; readonly scratch: string },
    digests: readonly Digest[],
    { receive, options }: { readonly receive: ReceiveObject; readonly options: MovingOptions },
  ): Promise<NotGot> => {
    await mkdir(scratch, { recursive: true });
    const missing: Digest[] = [];
    const damaged: Digest[] = [];
    await concurrently(askedAtOnce, digests, async (digest) => {
      const path = temporaryBeside(join(scratch, 'object'));
      try {
        const found = await files.download(objectFileName(digest), path, { digest, signal: options.signal });
        if (found === null) missing.push(digest);
        else await receive(digest, path);
      } catch (error) {
        if (!isCorrupt(error)) throw error;
        damaged.push(digest);
      } finally {
        await rm(path, { force: true });
      }
    });
    return { missing, damaged };
  },
};
