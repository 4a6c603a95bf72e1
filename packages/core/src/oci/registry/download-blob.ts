import { createHash } from 'node:crypto';
import { digestOfHex, failure } from '@tidegate/formats';
import { isPassing, networkFault, open, rm } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Repository } from './registry.ts';

/** So often what was cut short is gone on with. */
const mostTries = 5;

/**
 * Brings a blob to the store, unless it is there. What is cut short goes on where it was; more bytes than the descriptor says are not taken, and other bytes are none of it.
 *
 * @param scratch a name that nobody has, on the file system of the store @throws TG-IMAGE-CORRUPT, and what asking throws
 */
export async function downloadBlob(repository: Repository, blob: Descriptor, blobs: BlobStore, scratch: string): Promise<void> {
  if (await blobs.has(blob.digest)) return;
  try {
    await write(repository, blob, scratch);
    await blobs.takeFile(scratch, blob.digest);
  } finally {
    await rm(scratch, { force: true });
  }
}

async function write({ registry, name, ask }: Repository, { digest, size }: Descriptor, scratch: string): Promise<void> {
  const doing = `read the blob ${digest} of "${registry}/${name}"`;
  await using file = await open(scratch, 'wx');
  let sum = createHash('sha256');
  let bytes = 0;
  for (let tries = 1; bytes < size || tries === 1; tries += 1) {
    const headers: Record<string, string> = bytes === 0 ? {} : { range: `bytes=${bytes}-${size - 1}` };
    const answer = await ask({ method: 'GET', path: `/v2/${name}/blobs/${digest}`, headers, doing });
    if (bytes > 0 && answer.status !== 206) {
      sum = createHash('sha256'); // all of it comes again
      bytes = 0;
    }
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        if (bytes + chunk.length > size) throw corrupt(doing, `it is longer than ${size} bytes`);
        await file.write(chunk, 0, chunk.length, bytes);
        sum.update(chunk);
        bytes += chunk.length;
      }
      if (bytes < size && tries === mostTries) throw corrupt(doing, `it ends after ${bytes} of ${size} bytes`);
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (tries === mostTries) throw broken(error, doing, registry);
    }
  }
  const found = digestOfHex(sum.digest('hex'));
  if (found !== digest) throw corrupt(doing, `what came has the digest ${found}`);
  await file.sync();
}

function corrupt(doing: string, found: string): Error {
  return failure(
    'TG-IMAGE-CORRUPT',
    `Cannot ${doing}: ${found}`,
    'Try again; if it stays so the registry, or something on the way to it, changes what it has',
  );
}

function broken(error: unknown, doing: string, registry: string): Error {
  const fault = networkFault(error, registry);
  return failure('TG-IMAGE-REGISTRY', `Cannot ${doing}: ${fault?.found ?? String(error)}`, fault?.hint ?? 'Try again', error);
}
