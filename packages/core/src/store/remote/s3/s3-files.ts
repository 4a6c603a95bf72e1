import { createHash } from 'node:crypto';
import {
  digestOfBytes,
  isPassing,
  openS3,
  readFile,
  type S3Bucket,
  type S3Condition,
  s3Address,
  s3Multipart,
  type S3Place,
  stat,
} from '../../../platform/index.ts';
import { downloadByRange } from '../download-by-range.ts';
import { changed, corrupt } from '../folder/failures.ts';
import { type Condition, type FoundFile, markerName, type ReadOptions, type RemoteFiles, requireFileName } from '../remote-files.ts';
import { toldOfS3, unusableBucket } from './failures.ts';
import { uploadInParts } from './upload-in-parts.ts';

/** From this length on a file goes in parts, and goes on after an interruption. */
const shortestInParts = 8 << 20;

/**
 * Files of a remote as objects of S3, or of a server that speaks the same and knows conditional writes. Everything goes by ETags: a write under a condition
 * is one request, and S3 decides. Specification: docs/reference/formats/remote.md.
 */
export function s3Files(place: S3Place): RemoteFiles {
  const address = s3Address(place);
  const told = toldOfS3(address);
  const [reading, writing] = [openS3(place, told.reading), openS3(place, told.writing)];
  const uploads = s3Multipart(writing, place);

  const isThere = async (name: string, signal: AbortSignal | undefined): Promise<boolean> =>
    (await writing.head(name, { signal })) !== null;

  return {
    address,
    check: async ({ signal } = {}) => {
      const marker = await reading.get(markerName, { signal });
      if (marker === null) await requireEmpty(reading, address, signal);
      marker?.body?.destroy();
    },
    read: async (name, options = {}) => {
      requireFileName(name);
      return read(reading, name, options);
    },
    download: async (name, path, options = {}) => {
      requireFileName(name);
      const rest = async (from: number, etag: string | null) => {
        const getting = { range: { from, to: Infinity }, etag: etag ?? undefined, signal: options.signal };
        const found = await reading.get(name, from === 0 ? { ...getting, range: undefined } : getting);
        return found === null ? null : { size: found.size, tag: found.etag, body: found.body };
      };
      return downloadByRange(
        path,
        { rest, isTransient: isPassing, corrupt: (digest) => corrupt(name, digest), broken: told.broken },
        options,
      );
    },
    write: async (name, source, { onlyIf = null, digest, signal, onProgress } = {}) => {
      requireFileName(name);
      signal?.throwIfAborted();
      const condition = conditionOf(onlyIf);
      const size = typeof source === 'string' ? (await stat(source)).size : source.byteLength;
      if (size < shortestInParts) {
        const bytes = typeof source === 'string' ? await readFile(source) : source;
        if (digest !== undefined && digestOfBytes(bytes) !== digest) throw changed(typeof source === 'string' ? source : digest);
        const sha256 = createHash('sha256').update(bytes).digest();
        const put = await writing.put(name, { bytes, sha256, onlyIf: condition, signal });
        const etag = put === 'refused' ? null : put === 'unsure' ? await etagOfSame(writing, name, bytes) : put.etag;
        if (etag === null) return { written: false };
        onProgress?.(bytes.byteLength);
        return { written: true, tag: etag, moved: bytes.byteLength };
      }
      if (onlyIf === 'absent' && (await isThere(name, signal))) return { written: false };
      const upload = { name, source, size, digest: digest ?? null, onlyIf: condition, signal, onProgress };
      const done = await uploadInParts(uploads, upload);
      if (done !== 'gone') return done;
      if (digest !== undefined && (await isThere(name, signal))) return { written: false }; // whoever sent the same has ended it
      const again = await uploadInParts(uploads, { ...upload, digest: null, expected: digest ?? null });
      return again === 'gone' ? { written: false } : again;
    },
    remove: async (names, { signal, everyVersion = false } = {}) => {
      for (const name of names) requireFileName(name);
      await writing.remove(names, { signal, everyVersion });
    },
    tidy: async (before, { signal } = {}) => {
      for (const upload of await uploads.unfinished('', { signal }))
        if (upload.startedAtMs < before) await uploads.abort(upload, { signal });
    },
    list: async function* (prefix, { signal } = {}) {
      for await (const { key, size, changedAtMs } of reading.list(prefix, { signal })) {
        const name = reading.nameOf(key);
        if (isFileName(name)) yield { name, size, changedAtMs };
      }
    },
  };
}

function conditionOf(onlyIf: Condition): S3Condition {
  return onlyIf === null || onlyIf === 'absent' ? onlyIf : { etag: onlyIf.tag };
}

async function read(bucket: S3Bucket, name: string, { range, signal }: ReadOptions): Promise<FoundFile | null> {
  const found = await bucket.get(name, { range, signal });
  if (found === null) return null;
  const parts: Uint8Array[] = [];
  for await (const chunk of (found.body ?? []) as AsyncIterable<Uint8Array>) parts.push(chunk);
  return { bytes: Buffer.concat(parts), size: found.size, tag: found.etag };
}

/** Null when what lies there is somebody else's. */
async function etagOfSame(bucket: S3Bucket, name: string, bytes: Uint8Array): Promise<string | null> {
  const found = await read(bucket, name, {});
  return found !== null && Buffer.compare(found.bytes, bytes) === 0 ? found.tag : null;
}

/**
 * Looks at one name: a bucket, or a part of it, where somebody keeps something else is no place for a remote. What is found may be of somebody who has
 * begun the remote in this moment, whose first file is the marker: it is asked for once more.
 */
async function requireEmpty(bucket: S3Bucket, address: string, signal: AbortSignal | undefined): Promise<void> {
  for await (const { key } of bucket.list('', { signal })) {
    if ((await bucket.head(markerName, { signal })) !== null) return;
    throw unusableBucket(address, `it holds "${bucket.nameOf(key)}" and no "${markerName}"`);
  }
}

function isFileName(name: string): boolean {
  try {
    requireFileName(name);
    return true;
  } catch {
    return false;
  }
}
