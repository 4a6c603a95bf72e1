import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, failure, TidegateError } from '@tidegate/formats';
import {
  digestOfBytes,
  exists,
  type HttpExchange,
  isPassing,
  networkFault,
  openHttpExchange,
  readFile,
  wholeAnswer,
} from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import { decompressed } from './decompress.ts';
import { type DebianPackage, readPackagesIndex } from './packages-index.ts';

export interface DebianSuite {
  /** `https://deb.debian.org/debian`, or a folder that is laid out so. */
  readonly mirror: string;
  /** `bookworm`. */
  readonly suite: string;
}

export interface MirrorOptions {
  readonly exchange?: HttpExchange;
  readonly signal?: AbortSignal | undefined;
}

/** Longest file that is taken from a mirror, in bytes. */
const longestFile = 512 << 20;
const mostTries = 5;

/** A package, and where it is had. */
export type MirroredPackage = DebianPackage & { readonly mirror: string };

/** The packages of suites, by name; of a package in several the later suite counts. @throws TG-IMAGE-PACKAGE */
export async function readIndexes(
  suites: readonly DebianSuite[],
  architecture: string,
  options: MirrorOptions = {},
): Promise<ReadonlyMap<string, MirroredPackage>> {
  const all = new Map<string, MirroredPackage>();
  for (const { mirror, suite } of suites)
    for (const [name, one] of readPackagesIndex(await readIndex(mirror, indexPath(suite, architecture), options)))
      all.set(name, { ...one, mirror });
  return all;
}

/** Below a mirror, without what says how it is compressed. */
export function indexPath(suite: string, architecture: string): string {
  return `dists/${suite}/main/binary-${architecture}/Packages`;
}

/** Compressed, as Debian's own have it, or as it is, as in a folder that somebody has made. */
async function readIndex(mirror: string, path: string, options: MirrorOptions): Promise<string> {
  const compressed = await readIfThere(mirror, `${path}.xz`, options);
  const bytes =
    compressed === null ? await readFrom(mirror, path, options) : await wholeAnswer(decompressed('.xz', compressed), longestFile);
  return Buffer.from(bytes).toString('utf8');
}

/** Brings a package to the store, unless it is there. @returns its path @throws TG-IMAGE-PACKAGE when what comes has another digest */
export async function fetchPackage(
  mirror: string,
  { path, digest }: { readonly path: string; readonly digest: Digest },
  blobs: BlobStore,
  options: MirrorOptions = {},
): Promise<string> {
  if (!(await blobs.has(digest))) {
    const bytes = await readFrom(mirror, path, options);
    const found = digestOfBytes(bytes);
    if (found !== digest) throw refused(mirror, path, `it has the digest ${found}, and ${digest} is wanted`);
    await blobs.putBytes(bytes);
  }
  return blobs.pathOf(digest);
}

async function readFrom(mirror: string, path: string, options: MirrorOptions): Promise<Uint8Array> {
  const found = await readIfThere(mirror, path, options);
  if (found === null) throw refused(mirror, path, 'there is no such file');
  return found;
}

async function readIfThere(mirror: string, path: string, options: MirrorOptions): Promise<Uint8Array | null> {
  if (!/^https?:\/\//.test(mirror)) return (await exists(join(mirror, path))) ? readFile(join(mirror, path)) : null;
  const exchange = options.exchange ?? openHttpExchange();
  const url = `${mirror.replace(/\/+$/, '')}/${path}`;
  for (let tries = 1; ; tries += 1)
    try {
      const { status, body } = await exchange.ask({ url, method: 'GET', headers: {}, body: null, signal: options.signal });
      const bytes = await wholeAnswer(body, longestFile);
      if (status === 404) return null;
      if (status === 200) return bytes;
      throw refused(mirror, path, `it answers with status ${status}`);
    } catch (error) {
      if (error instanceof TidegateError) throw error;
      if (!isPassing(error) || tries === mostTries) throw refused(mirror, path, networkFault(error, mirror)?.found ?? String(error), error);
      await wait(200 * tries, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
}

function refused(mirror: string, path: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-IMAGE-PACKAGE',
    `Cannot read "${path}" of the Debian mirror "${mirror}": ${found}`,
    'Name a mirror that has it, or pin the packages again',
    cause,
  );
}
