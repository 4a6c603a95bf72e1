import { dirname, join, matchesGlob } from 'node:path';
import { failure, type Json } from '@tidegate/formats';
import type { S3SourceConfig } from '../../../config/index.ts';
import { concurrently, digestOfBytes, isPassing, mkdir, openS3, type S3Bucket } from '../../../platform/index.ts';
import { bucketKeys } from '../../../secrets/index.ts';
import { downloadByRange, isTreePath } from '../../../store/index.ts';
import { checkBucket, type NamedObject } from './check-bucket.ts';
import type { ReadRequest, Source, SourceReading } from '../source.ts';
import type { SourceParts } from '../source-parts.ts';
import { toldOfBucket } from './told-of-bucket.ts';

const readAtOnce = 8;

/** Objects that are replaced while they are read are listed again so often. */
const mostListings = 3;

/** Objects of a bucket, known again by their ETags. A bucket has no moment, so what is read is what one listing names, object by object as it was listed. */
export function s3Source(config: S3SourceConfig, { secret }: SourceParts): Source {
  const title = `objects of the bucket "${config.bucket}"`;
  const told = toldOfBucket(title);
  const bucket = openS3({ ...config, keys: bucketKeys(config, secret) }, told.fault, 'its server');
  const list = (signal: AbortSignal): Promise<readonly NamedObject[]> => listObjects(bucket, config, { title, signal });
  return {
    kind: 's3',
    title,
    check: ({ signal }) => checkBucket({ config, bucket, list, signal, title }),
    read: (request) => readAgain({ bucket, list, title, broken: told.broken }, request),
    glance: async ({ signal }) => {
      const objects = await list(signal);
      return digestOfBytes(JSON.stringify(objects.map(({ name, etag }) => [name, etag])));
    },
    confirm: async () => {},
  };
}

interface Listing {
  readonly title: string;
  readonly signal: AbortSignal;
}

async function listObjects(
  bucket: S3Bucket,
  { objects: patterns, prefix }: S3SourceConfig,
  { title, signal }: Listing,
): Promise<readonly NamedObject[]> {
  const found: NamedObject[] = [];
  for await (const object of bucket.list('', { signal })) {
    if (object.key.endsWith('/')) continue; // what consoles make for a folder
    const name = prefix === '' ? object.key : object.key.slice(prefix.length + 1);
    if (patterns.length > 0 && !patterns.some((pattern) => matchesGlob(name, pattern))) continue;
    if (!isTreePath(name))
      throw failure(
        'TG-SOURCE-VALUE',
        `Cannot read ${title}: no file of a dataset can have the name ${JSON.stringify(name)}`,
        'Leave it out by patterns: objects: ["*.parquet"]',
      );
    found.push({ ...object, name });
  }
  if (found.length > 0) return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const wanted = patterns.length === 0 ? 'there are none' : `none matches ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`;
  throw failure('TG-SOURCE-NOT-FOUND', `Cannot read ${title}: ${wanted}`, 'Correct "prefix" and "objects" in tidegate.yaml');
}

interface Reading {
  readonly bucket: S3Bucket;
  readonly list: (signal: AbortSignal) => Promise<readonly NamedObject[]>;
  readonly title: string;
  readonly broken: (error: unknown) => Error;
}

async function readAgain(reading: Reading, request: ReadRequest): Promise<SourceReading> {
  request.signal.throwIfAborted();
  for (let listing = 1; listing <= mostListings; listing += 1) {
    const read = await readListed(reading, { ...request, folder: join(request.folder, `listing-${listing}`) });
    if (read !== 'changed') return read;
  }
  throw failure(
    'TG-SOURCE-BROKEN',
    `Cannot read ${reading.title}: they were replaced while they were read, ${mostListings} times`,
    'Run the command again when nothing writes to the bucket',
  );
}

async function readListed({ bucket, list, broken }: Reading, request: ReadRequest): Promise<SourceReading | 'changed'> {
  const { folder, signal, progress } = request;
  const objects = await list(signal);
  const former = etagsIn(request.since);
  const isSame = ({ name, etag }: NamedObject): boolean => etag !== '' && former.get(name) === etag;
  const position = { kind: 's3', objects: Object.fromEntries(objects.map(({ name, etag }) => [name, etag])) };
  if (objects.length === former.size && objects.every(isSame)) return { kind: 'unchanged', position };
  const fresh = objects.filter((object) => !isSame(object));
  const whole = fresh.reduce((sum, { size }) => sum + size, 0);
  let received = 0;
  const onProgress = (bytes: number): void => progress('reading objects', whole === 0 ? null : (received += bytes) / whole);
  const got = await concurrently(readAtOnce, fresh, async ({ name, etag }) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const rest = async (
      from: number,
    ): Promise<{ readonly size: number; readonly tag: string; readonly body: AsyncIterable<Uint8Array> | null } | null> => {
      const found = await bucket.get(name, { etag, signal, ...(from > 0 && { range: { from, to: Infinity } }) });
      return found === null ? null : { size: found.size, tag: found.etag, body: found.body };
    };
    return downloadByRange(path, { rest, isTransient: isPassing, corrupt: () => broken(null), broken }, { signal, onProgress });
  });
  if (got.includes(null)) return 'changed';
  const files = objects.map((object) => ({ path: object.name, file: isSame(object) ? null : join(folder, object.name) }));
  return { kind: 'files', files, position };
}

/** Of an earlier reading; none for a position that is of something else. */
function etagsIn(position: Json): ReadonlyMap<string, string> {
  const { kind, objects } = (position ?? {}) as { readonly kind?: Json; readonly objects?: { readonly [name: string]: string } };
  return new Map(kind === 's3' && typeof objects === 'object' ? Object.entries(objects) : []);
}
