import { createHash } from 'node:crypto';
import { abortable, conditionOf, nameOf, type S3Asking, type S3Bucket, type S3Condition, untilDecided } from './s3-bucket.ts';
import type { S3Place } from './s3-place.ts';

export interface S3Part {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  readonly size: number;
  /** SHA-256 in base64; null where the server keeps none. */
  readonly sha256: string | null;
}

export interface S3Upload {
  readonly name: string;
  readonly id: string;
  readonly startedAtMs: number;
}

/** Uploads in parts, which go on after an interruption. A method on an upload that somebody else has ended gives `gone`. */
export interface S3Multipart {
  readonly begin: (name: string, asking?: S3Asking) => Promise<S3Upload>;
  readonly unfinished: (prefix: string, asking?: S3Asking) => Promise<readonly S3Upload[]>;
  readonly parts: (upload: S3Upload, asking?: S3Asking) => Promise<readonly S3Part[] | 'gone'>;
  readonly put: (upload: S3Upload, part: S3PartPutting) => Promise<S3Part | 'gone'>;
  /** `refused` when the condition did not hold. */
  readonly complete: (upload: S3Upload, completing: S3Completing) => Promise<{ readonly etag: string } | 'refused' | 'gone'>;
  readonly abort: (upload: S3Upload, asking?: S3Asking) => Promise<void>;
}

interface S3PartPutting extends S3Asking {
  readonly number: number;
  readonly bytes: Uint8Array;
}

interface S3Completing extends S3Asking {
  readonly parts: readonly S3Part[];
  readonly onlyIf: S3Condition;
}

export function s3Multipart({ send, keyOf, nameOf: fileOf }: S3Bucket, { bucket }: Pick<S3Place, 'bucket'>): S3Multipart {
  const at = ({ name, id }: S3Upload) => ({ Bucket: bucket, Key: keyOf(name), UploadId: id });
  return {
    begin: (name, { signal } = {}) =>
      send(signal, async (client, { CreateMultipartUploadCommand }) => {
        const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key: keyOf(name), ChecksumAlgorithm: 'SHA256' });
        const { UploadId = '' } = await client.send(command, abortable(signal));
        return { name, id: UploadId, startedAtMs: Date.now() };
      }),
    unfinished: (prefix, { signal } = {}) =>
      send(signal, async (client, { ListMultipartUploadsCommand }) => {
        const found: S3Upload[] = [];
        for (let marker: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {}, isMore = true; isMore;) {
          const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: keyOf(prefix), ...marker });
          const page = await client.send(command, abortable(signal));
          for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
            found.push({ name: fileOf(Key), id: UploadId, startedAtMs: Initiated?.getTime() ?? 0 });
          marker = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' };
          isMore = page.IsTruncated === true && (page.NextKeyMarker ?? '') !== '';
        }
        return found;
      }),
    parts: (upload, { signal } = {}) =>
      send(signal, (client, { ListPartsCommand }) =>
        whileThere(async () => {
          const found: S3Part[] = [];
          for (let marker: string | undefined, isMore = true; isMore;) {
            const command = new ListPartsCommand({ ...at(upload), ...(marker !== undefined && { PartNumberMarker: marker }) });
            const page = await client.send(command, abortable(signal));
            for (const { PartNumber = 0, ETag = '', Size = 0, ChecksumSHA256 } of page.Parts ?? [])
              found.push({ number: PartNumber, etag: ETag, size: Size, sha256: ChecksumSHA256 ?? null });
            marker = page.NextPartNumberMarker;
            isMore = page.IsTruncated === true && marker !== undefined;
          }
          return found;
        }),
      ),
    put: (upload, { number, bytes, signal }) =>
      send(signal, (client, { UploadPartCommand }) =>
        whileThere(async () => {
          const sha256 = createHash('sha256').update(bytes).digest('base64');
          const command = new UploadPartCommand({ ...at(upload), PartNumber: number, Body: bytes, ChecksumSHA256: sha256 });
          const { ETag = '', ChecksumSHA256 } = await client.send(command, abortable(signal));
          return { number, etag: ETag, size: bytes.byteLength, sha256: ChecksumSHA256 ?? null };
        }),
      ),
    complete: (upload, { parts, onlyIf, signal }) =>
      send(signal, (client, { CompleteMultipartUploadCommand }) =>
        whileThere(async () => {
          const done = await untilDecided(async () => {
            const Parts = parts.map(({ number, etag, sha256 }) => ({
              PartNumber: number,
              ETag: etag,
              ...(sha256 !== null && { ChecksumSHA256: sha256 }),
            }));
            const command = new CompleteMultipartUploadCommand({ ...at(upload), MultipartUpload: { Parts }, ...conditionOf(onlyIf) });
            return { etag: (await client.send(command, abortable(signal))).ETag ?? '' };
          }, onlyIf);
          return done === 'unsure' ? 'refused' : done; // what goes in parts is named by what it is: whoever was first, it is there
        }),
      ),
    abort: (upload, { signal } = {}) =>
      send(signal, async (client, { AbortMultipartUploadCommand }) => {
        await whileThere(() => client.send(new AbortMultipartUploadCommand(at(upload)), abortable(signal)));
      }),
  };
}

/** Whether a part that lies there already has these bytes. */
export function isPartOf({ size, sha256, etag }: S3Part, bytes: Uint8Array): boolean {
  if (size !== bytes.byteLength) return false;
  if (sha256 !== null) return sha256 === createHash('sha256').update(bytes).digest('base64');
  return etag.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex'); // of servers that keep no other checksum
}

async function whileThere<T>(work: () => Promise<T>): Promise<T | 'gone'> {
  try {
    return await work();
  } catch (error) {
    if (nameOf(error) === 'NoSuchUpload') return 'gone';
    throw error;
  }
}
