import type { Readable } from 'node:stream';
import type { ListObjectVersionsCommandOutput, ObjectIdentifier, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { TidegateError } from '@tidegate/formats';
import { type S3Fault, s3Fault } from './s3-fault.ts';
import type { S3Place } from './s3-place.ts';

/** When an object is written: where none is, in the place of the one with that ETag, or always (null). */
export type S3Condition = 'absent' | { readonly etag: string } | null;

export interface S3Object {
  readonly size: number;
  /** As the server writes it, with its quotes. */
  readonly etag: string;
  /** Null where the bucket keeps no versions. */
  readonly version: string | null;
  /** Milliseconds since 1970, by the server's clock; null when it does not say. */
  readonly changedAtMs: number | null;
}

export interface S3Listed {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly changedAtMs: number;
}

export interface S3Asking {
  readonly signal?: AbortSignal | undefined;
}

export interface S3Getting extends S3Asking {
  /** From one position up to and without another; `to` may be Infinity. Default: the whole. */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
  /** Only the object with this ETag: another is null. */
  readonly etag?: string | undefined;
}

/** What is asked of a bucket. Keys are below the place's prefix. Every method throws what `tell` makes of a fault, or the signal's reason. */
export interface S3Bucket {
  readonly send: <T>(signal: AbortSignal | undefined, work: (client: S3Client, sdk: Sdk) => Promise<T>) => Promise<T>;
  readonly keyOf: (name: string) => string;
  readonly nameOf: (key: string) => string;
  readonly head: (name: string, asking?: S3Asking) => Promise<S3Object | null>;
  /** Null when it is not there; a range that begins at or behind the end has no bytes. */
  readonly get: (name: string, getting?: S3Getting) => Promise<(S3Object & { readonly body: Readable | null }) | null>;
  readonly put: (name: string, object: S3Putting) => Promise<S3Put>;
  /** With `everyVersion` also what a bucket that keeps versions has of them. */
  readonly remove: (names: readonly string[], asking?: S3Asking & { readonly everyVersion?: boolean }) => Promise<void>;
  readonly list: (prefix: string, asking?: S3Asking) => AsyncGenerator<S3Listed>;
}

/**
 * What came of a write: its ETag; `refused` when its condition did not hold; `unsure` when it did not hold the second time, for the first, whose answer
 * never came, may have been done.
 */
export type S3Put = { readonly etag: string } | 'refused' | 'unsure';

export interface S3Putting extends S3Asking {
  readonly bytes: Uint8Array;
  /** Of the bytes. */
  readonly sha256: Buffer;
  readonly onlyIf: S3Condition;
}

export type Sdk = typeof import('@aws-sdk/client-s3');

/** How long a connection may take to come about, and an answer to begin or go on, in milliseconds. */
const connectionMs = 10_000;
const silenceMs = 60_000;

/** A conditional write that meets another one (409) is tried so often. */
const triesAgainst409 = 8;

/** Removed by one request: the most that S3 takes. */
const removedAtOnce = 1000;

/**
 * Opens a part of a bucket. The SDK, which signs, tries again and finds keys, is loaded when the first question is asked.
 *
 * @param tell makes the error that is thrown of what is wrong
 * @param called what the server is called in it. Default: its address
 */
export function openS3(
  place: S3Place,
  tell: (fault: S3Fault, error: unknown) => Error,
  called: string = place.endpoint ?? 'AWS',
): S3Bucket {
  const { bucket, prefix } = place;
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  let opened: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | null = null;

  const send: S3Bucket['send'] = async (signal, work) => {
    signal?.throwIfAborted();
    opened ??= open(place);
    const { sdk, client } = await opened;
    try {
      return await work(client, sdk);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (error instanceof TidegateError) throw error;
      throw tell(s3Fault(error, place, called), error);
    }
  };

  /** @returns keys of those that the bucket has only hidden, for it keeps versions */
  const removeObjects = async (
    client: S3Client,
    { DeleteObjectsCommand }: Sdk,
    Objects: ObjectIdentifier[],
  ): Promise<readonly string[]> => {
    if (Objects.length === 0) return [];
    const { Errors = [], Deleted = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    const [refused] = Errors;
    if (refused !== undefined) throw Object.assign(new Error(refused.Message), { name: refused.Code, Code: refused.Code });
    return Deleted.flatMap(({ Key, DeleteMarker }) => (DeleteMarker === true && Key !== undefined ? [Key] : []));
  };

  const versionsOf = async (client: S3Client, { ListObjectVersionsCommand }: Sdk, key: string): Promise<ObjectIdentifier[]> => {
    const found: ObjectIdentifier[] = [];
    for (let from: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | null = {}; from !== null;) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, ...from }),
      );
      for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
        if (Key === key && VersionId !== undefined) found.push({ Key, VersionId });
      const { NextKeyMarker, NextVersionIdMarker } = page;
      from =
        page.IsTruncated === true && NextKeyMarker !== undefined
          ? { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker !== undefined && { VersionIdMarker: NextVersionIdMarker }) }
          : null;
    }
    return found;
  };

  const head: S3Bucket['head'] = (name, { signal } = {}) =>
    send(signal, async (client, { HeadObjectCommand }) => {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: keyOf(name) });
      const found = await client.send(command, abortable(signal)).catch(ifAnswered(404));
      return found === null ? null : objectIn(found, found.ContentLength ?? 0);
    });

  return {
    send,
    keyOf,
    nameOf: (key) => (prefix === '' ? key : key.slice(prefix.length + 1)),
    head,
    get: async (name, { range, etag, signal } = {}) => {
      const found = await send(signal, async (client, { GetObjectCommand }) => {
        const Range = range === undefined ? {} : { Range: `bytes=${range.from}-${Number.isFinite(range.to) ? range.to - 1 : ''}` };
        if (range !== undefined && range.to <= range.from) return 'empty';
        const command = new GetObjectCommand({ Bucket: bucket, Key: keyOf(name), ...Range, ...(etag !== undefined && { IfMatch: etag }) });
        return client.send(command, abortable(signal)).catch((error: unknown) => {
          if (statusOf(error) === 416) return 'empty' as const;
          if (statusOf(error) === 412) return null;
          return ifAnswered(404)(error);
        });
      });
      if (found === null) return null;
      if (found === 'empty') {
        const object = await head(name, { signal });
        return object === null || (etag !== undefined && object.etag !== etag) ? null : { ...object, body: null };
      }
      return { ...objectIn(found, sizeIn(found)), body: found.Body as Readable };
    },
    put: (name, { bytes, sha256, onlyIf, signal }) =>
      send(signal, async (client, { PutObjectCommand }) =>
        untilDecided(async () => {
          const command = new PutObjectCommand({
            Bucket: bucket,
            Key: keyOf(name),
            Body: bytes,
            ChecksumSHA256: sha256.toString('base64'),
            ...conditionOf(onlyIf),
          });
          return { etag: (await client.send(command, abortable(signal))).ETag ?? '' };
        }, onlyIf),
      ),
    remove: (names, { signal, everyVersion = false } = {}) =>
      send(signal, async (client, sdk) => {
        for (let at = 0; at < names.length; at += removedAtOnce) {
          const keys = names.slice(at, at + removedAtOnce).map(keyOf);
          const hidden = await removeObjects(
            client,
            sdk,
            keys.map((Key) => ({ Key })),
          );
          if (!everyVersion) continue;
          for (const key of hidden) await removeObjects(client, sdk, await versionsOf(client, sdk, key));
        }
      }),
    list: async function* (below, { signal } = {}) {
      for (let token: string | undefined, isMore = true; isMore;) {
        const page = await send(signal, (client, { ListObjectsV2Command }) =>
          client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: keyOf(below),
              ...(token !== undefined && { ContinuationToken: token }),
            }),
            abortable(signal),
          ),
        );
        for (const { Key = '', Size = 0, ETag = '', LastModified } of page.Contents ?? [])
          yield { key: Key, size: Size, etag: ETag, changedAtMs: LastModified?.getTime() ?? 0 };
        token = page.NextContinuationToken;
        isMore = page.IsTruncated === true && token !== undefined;
      }
    },
  };
}

async function open({ region, endpoint, pathStyle, profile, keys }: S3Place): Promise<{ readonly sdk: Sdk; readonly client: S3Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    ...regionOf(region, endpoint),
    ...(endpoint !== null && { endpoint }),
    ...((pathStyle ?? endpoint !== null) && { forcePathStyle: true }),
    ...(profile !== null && { profile }),
    ...(keys !== null && { credentials: async () => credentialsOf(await keys()) }),
    responseChecksumValidation: 'WHEN_REQUIRED', // what is read is held against a SHA-256 of ours
    requestHandler: { connectionTimeout: connectionMs, requestTimeout: silenceMs, throwOnRequestTimeout: true, socketTimeout: silenceMs },
    maxAttempts: 4,
  });
  return { sdk, client };
}

/** Compatible servers rarely have regions, and the SDK wants one; where it is AWS, the SDK looks in its files and the machine's own settings. */
function regionOf(region: string | null, endpoint: string | null): { readonly region?: string } {
  if (region !== null) return { region };
  const isSet = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'].some((name) => (process.env[name] ?? '') !== '');
  return isSet || endpoint === null ? {} : { region: 'us-east-1' };
}

function credentialsOf(keys: Awaited<ReturnType<NonNullable<S3Place['keys']>>>): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
} {
  const { accessKey, secretKey, sessionToken } = keys;
  return { accessKeyId: accessKey, secretAccessKey: secretKey, ...(sessionToken !== null && { sessionToken }) };
}

export function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

export function conditionOf(onlyIf: S3Condition): { readonly IfNoneMatch?: string; readonly IfMatch?: string } {
  if (onlyIf === null) return {};
  return onlyIf === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: onlyIf.etag };
}

/** S3 answers 409 when another write is under way, which says nothing of who will be first. */
export async function untilDecided(write: () => Promise<{ readonly etag: string }>, onlyIf: S3Condition): Promise<S3Put> {
  for (let tries = 1; ; tries += 1)
    try {
      return await write();
    } catch (error) {
      const status = statusOf(error);
      if (onlyIf === null) throw error;
      if (status === 412 || (onlyIf !== 'absent' && status === 404 && nameOf(error) !== 'NoSuchBucket'))
        return (attemptsOf(error) ?? 1) > 1 ? 'unsure' : 'refused';
      if (status !== 409 || tries === triesAgainst409) throw error;
    }
}

/** How often the SDK has sent a request. */
function attemptsOf(error: unknown): number | undefined {
  return (error as Partial<S3ServiceException>).$metadata?.attempts;
}

/** Null for an answer of that status; a missing bucket is told whatever was asked for. */
function ifAnswered(status: number): (error: unknown) => null {
  return (error) => {
    if (statusOf(error) === status && ['NoSuchKey', 'NotFound'].includes(nameOf(error))) return null;
    throw error;
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

interface Found {
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly LastModified?: Date | undefined;
}

function objectIn({ ETag, VersionId, LastModified }: Found, size: number): S3Object {
  return { size, etag: ETag ?? '', version: VersionId ?? null, changedAtMs: LastModified?.getTime() ?? null };
}

function sizeIn({
  ContentRange,
  ContentLength,
}: {
  readonly ContentRange?: string | undefined;
  readonly ContentLength?: number | undefined;
}): number {
  const whole = /\/(\d+)$/.exec(ContentRange ?? '')?.[1];
  return whole === undefined ? (ContentLength ?? 0) : Number(whole);
}
