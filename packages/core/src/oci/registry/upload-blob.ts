import { failure } from '@tidegate/formats';
import { open } from '../../platform/index.ts';
import type { Descriptor } from '../descriptor.ts';
import { discard } from './ask-registry.ts';
import { hasBlob, type Repository } from './registry.ts';

export interface UploadOptions {
  /** Another repository of the registry that has it, so that nothing is sent. */
  readonly mountFrom?: string;
  /** Bytes that are sent at a time. Default 16 MiB. */
  readonly chunkBytes?: number;
  /** Told after each chunk. */
  readonly onProgress?: (sentBytes: number) => void;
}

const usualChunk = 16 << 20;
const mostTries = 5;

/**
 * Sends a blob, unless the registry has it (distribution-spec, "Pushing a blob in chunks"): a long one in chunks, and after a fault from where the registry says that it is.
 *
 * @param path of a file with the bytes @throws TG-IMAGE-REGISTRY, and what asking throws
 */
export async function uploadBlob(repository: Repository, blob: Descriptor, path: string, options: UploadOptions = {}): Promise<void> {
  if (await hasBlob(repository, blob)) return;
  const begun = await begin(repository, blob, options.mountFrom);
  if (begun === null) return;
  const chunk = Math.max(options.chunkBytes ?? usualChunk, begun.leastChunk);
  await using file = await open(path, 'r');
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, from);
    return bytes.subarray(0, bytesRead);
  };
  if (blob.size <= chunk) {
    await finish(repository, blob, begun.location, await read(0, blob.size));
    return;
  }
  const location = await sendChunks({
    repository,
    blob,
    location: begun.location,
    chunk,
    read,
    onProgress: options.onProgress ?? (() => {}),
  });
  await finish(repository, blob, location, new Uint8Array());
}

interface BegunUpload {
  readonly location: string;
  /** Bytes: `OCI-Chunk-Min-Length`. */
  readonly leastChunk: number;
}

/** Null when the registry has taken it from the other repository. */
async function begin(
  { registry, name, ask }: Repository,
  { digest }: Descriptor,
  mountFrom: string | undefined,
): Promise<BegunUpload | null> {
  const mount = mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`;
  const doing = `push a blob to "${registry}/${name}"`;
  const answer = await ask({ method: 'POST', path: `/v2/${name}/blobs/uploads/${mount}`, headers: {}, body: new Uint8Array(), doing });
  await discard(answer);
  if (answer.status === 201) return null;
  const leastChunk = Number(answer.headers['oci-chunk-min-length'] ?? 0);
  return { location: locationIn(answer.headers, doing), leastChunk: Number.isFinite(leastChunk) ? leastChunk : 0 };
}

function locationIn(headers: { readonly [name: string]: string }, doing: string): string {
  const location = headers['location'];
  if (location !== undefined) return location;
  throw failure(
    'TG-IMAGE-REGISTRY',
    `Cannot ${doing}: the registry does not say where to send it`,
    'Look whether it is a registry of the OCI distribution specification',
  );
}

interface ChunkedUpload {
  readonly repository: Repository;
  readonly blob: Descriptor;
  readonly location: string;
  readonly chunk: number;
  readonly read: (from: number, length: number) => Promise<Uint8Array>;
  readonly onProgress: (sentBytes: number) => void;
}

/** Where an upload goes on. */
interface UploadState {
  readonly at: string;
  /** Bytes that the registry has. */
  readonly sent: number;
}

async function sendChunks({ repository, blob, location, chunk, read, onProgress }: ChunkedUpload): Promise<string> {
  const { registry, name, ask } = repository;
  const doing = `push the blob ${blob.digest} to "${registry}/${name}"`;
  let state: UploadState = { at: location, sent: 0 };
  for (let faults = 0; state.sent < blob.size; onProgress(state.sent)) {
    const { at, sent } = state;
    const body = await read(sent, Math.min(chunk, blob.size - sent));
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${sent}-${sent + body.length - 1}` };
    const answer = await ask({ method: 'PATCH', path: at, headers, body, expects: outOfStep, doing });
    await discard(answer);
    if (!outOfStep.includes(answer.status)) state = { at: locationIn(answer.headers, doing), sent: sent + body.length };
    else if ((faults += 1) === mostTries)
      throw failure('TG-IMAGE-REGISTRY', `Cannot ${doing}: the registry loses what it is sent`, 'Look at what the registry says');
    else state = await resume(repository, blob, { at, doing });
  }
  return state.at;
}

/** What a registry answers when it has another number of bytes than we think, as after an answer that was lost: 416 by the specification, others in practice. */
const outOfStep: readonly number[] = [400, 404, 416];

/**
 * Where an upload is: `Range: 0-N`, both included; a registry that has nothing says `0-0`, which may be one byte, so the first is sent again. Distribution before version 3 does not know an
 * upload by an address of before its last answer, so there it begins anew.
 */
async function resume(
  repository: Repository,
  blob: Descriptor,
  { at, doing }: { readonly at: string; readonly doing: string },
): Promise<UploadState> {
  const answer = await repository.ask({ method: 'GET', path: at, expects: outOfStep, doing });
  await discard(answer);
  if (outOfStep.includes(answer.status)) {
    const begun = await begin(repository, blob, undefined);
    return { at: begun?.location ?? at, sent: begun === null ? blob.size : 0 };
  }
  const last = Number(/-(\d+)$/.exec(answer.headers['range'] ?? '')?.[1] ?? 0);
  return { at: answer.headers['location'] ?? at, sent: last === 0 ? 0 : last + 1 };
}

async function finish({ registry, name, ask }: Repository, { digest }: Descriptor, location: string, body: Uint8Array): Promise<void> {
  const separator = location.includes('?') ? '&' : '?';
  const path = `${location}${separator}${new URLSearchParams({ digest }).toString()}`;
  await discard(
    await ask({
      method: 'PUT',
      path,
      headers: { 'content-type': 'application/octet-stream' },
      body,
      doing: `push the blob ${digest} to "${registry}/${name}"`,
    }),
  );
}
