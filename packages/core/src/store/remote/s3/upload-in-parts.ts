import { createHash } from 'node:crypto';
import { type Digest, digestOfHex, TidegateError } from '@tidegate/formats';
import { isPartOf, open, type S3Condition, type S3Multipart, type S3Part } from '../../../platform/index.ts';
import { changed } from '../folder/failures.ts';
import type { Written } from '../remote-files.ts';

export interface PartsUpload {
  readonly name: string;
  readonly source: Uint8Array | string;
  readonly size: number;
  /** With one an upload that is under way is gone on with. */
  readonly digest: Digest | null;
  /** What the source must be all the same, when nothing is gone on with. */
  readonly expected?: Digest | null;
  readonly onlyIf: S3Condition;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((bytes: number) => void) | undefined;
}

/** The least that S3 takes is 5 MiB, and of no more than 10,000 parts an object is made. */
const partBytes = 8 << 20;
const mostParts = 10_000;

/** Parts on their way at once: memory is that of so many. */
const partsAtOnce = 3;

/**
 * Sends a long file in parts. What an interrupted upload has left counts part by part, by its checksum, whoever sent it; several that send the same at the
 * same time work on one upload. @returns `gone` when another has ended it
 */
export async function uploadInParts(uploads: S3Multipart, wanted: PartsUpload): Promise<Written | 'gone'> {
  const { name, size, signal } = wanted;
  const resumed = wanted.digest === null ? null : ((await uploads.unfinished(name, { signal })).find((one) => one.name === name) ?? null);
  const upload = resumed ?? (await uploads.begin(name, { signal }));
  const there = resumed === null ? [] : await uploads.parts(upload, { signal });
  if (there === 'gone') return 'gone';
  const length = Math.max(partBytes, Math.ceil(size / mostParts / partBytes) * partBytes);
  let moved = 0;
  const parts: S3Part[] = [];
  try {
    const hash = createHash('sha256');
    let isGone = false;
    const under = new Set<Promise<void>>();
    let failed: { readonly error: unknown } | null = null;
    for await (const { number, bytes } of partsOf(wanted.source, length)) {
      signal?.throwIfAborted();
      hash.update(bytes);
      const left = there.find((part) => part.number === number);
      if (left !== undefined && isPartOf(left, bytes)) {
        parts[number - 1] = left;
        continue;
      }
      const sending = uploads
        .put(upload, { number, bytes, signal })
        .then((part) => {
          if (part === 'gone') {
            isGone = true;
            return;
          }
          parts[number - 1] = part;
          moved += part.size;
          wanted.onProgress?.(part.size);
        })
        .catch((error: unknown) => void (failed ??= { error }))
        .finally(() => under.delete(sending));
      under.add(sending);
      if (under.size >= partsAtOnce) await Promise.race(under);
      if (failed !== null || isGone) break;
    }
    await Promise.all(under);
    if (failed !== null) throw (failed as { readonly error: unknown }).error;
    if (isGone) return 'gone';
    const expected = wanted.digest ?? wanted.expected ?? null;
    if (expected !== null && digestOfHex(hash.digest('hex')) !== expected)
      throw changed(typeof wanted.source === 'string' ? wanted.source : expected);
    const completed = await uploads.complete(upload, { parts, onlyIf: wanted.onlyIf, signal });
    if (completed === 'gone') return 'gone';
    if (completed !== 'refused') return { written: true, tag: completed.etag, moved };
    await uploads.abort(upload);
    return { written: false };
  } catch (error) {
    if (wanted.digest === null || isChanged(error)) await uploads.abort(upload).catch(() => undefined);
    throw error;
  }
}

/** What came of a source that changed is of no use to anybody. */
function isChanged(error: unknown): boolean {
  return error instanceof TidegateError && error.diagnostics[0].code === 'TG-STORE-FILE-CHANGED';
}

/** Buffers of their own, for several are on their way while the next is read. */
async function* partsOf(
  source: Uint8Array | string,
  length: number,
): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }> {
  if (typeof source !== 'string') {
    for (let number = 1, at = 0; at < source.byteLength; number += 1, at += length)
      yield { number, bytes: source.subarray(at, at + length) };
    return;
  }
  await using file = await open(source, 'r');
  for (let number = 1, at = 0; ; number += 1) {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled > 0) yield { number, bytes: buffer.subarray(0, filled) };
    if (filled < length) return;
    at += filled;
  }
}
