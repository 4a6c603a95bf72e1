import { type Digest, hexOf } from '@tidegate/formats';
import { open } from '../../../platform/index.ts';
import { changed } from '../folder/failures.ts';
import type { WriteOptions, Written } from '../remote-files.ts';
import { conditionHeaders, partialUpload, tagIn } from './protocol.ts';
import type { RemoteAnswer, RemoteExchange } from './remote-exchange.ts';

interface OffsetUpload extends WriteOptions {
  readonly name: string;
  readonly source: Uint8Array | string;
  readonly size: number;
  readonly digest: Digest;
}

const pieceBytes = 8 << 20;

/** Sends a long file piece by piece, from where an earlier try has come to, whoever made it. */
export async function uploadByOffset(server: RemoteExchange, wanted: OffsetUpload): Promise<Written> {
  const { name, source, size, digest, onlyIf = null, signal, onProgress } = wanted;
  const path = `uploads/${hexOf(digest)}/${name}`;
  const condition = conditionHeaders(onlyIf);
  const asking = { path, signal, doing: `write "${name}"` };
  const look = (): Promise<RemoteAnswer> => server.tell({ ...asking, method: 'HEAD', headers: condition, expects: [412] });

  const first = await look();
  if (first.status === 412) return { written: false };
  await using file = await openSource(source);
  let moved = 0;
  for (let at = offsetIn(first); ;) {
    if (at > size) {
      await server.tell({ ...asking, method: 'DELETE' }); // longer than what it is to be: begun by something else
      at = 0;
    }
    const body = await file.read(at, Math.min(pieceBytes, size - at));
    const isLast = at + body.byteLength >= size;
    const headers = {
      ...condition,
      'content-type': partialUpload,
      'upload-offset': String(at),
      'upload-complete': isLast ? '?1' : '?0',
    };
    const answer = await server.tell({ ...asking, method: 'PATCH', headers, body, expects: [409, 412, 422] });
    if (answer.status === 412) return { written: false };
    if (answer.status === 422) throw changed(typeof source === 'string' ? source : digest);
    if (answer.status === 409) {
      at = offsetIn(answer); // another who sends the same is ahead, or an answer was lost
      continue;
    }
    moved += body.byteLength;
    onProgress?.(body.byteLength);
    signal?.throwIfAborted();
    if (isLast) return { written: true, tag: tagIn(answer.headers['etag']) ?? '', moved };
    at = offsetIn(answer);
  }
}

function offsetIn({ headers }: RemoteAnswer): number {
  return Number(headers['upload-offset'] ?? 0);
}

interface OpenSource extends AsyncDisposable {
  /** Fewer bytes than asked for where the source has become shorter. */
  readonly read: (at: number, length: number) => Promise<Uint8Array>;
}

async function openSource(source: Uint8Array | string): Promise<OpenSource> {
  if (typeof source !== 'string')
    return { read: async (at, length) => source.subarray(at, at + length), [Symbol.asyncDispose]: async () => {} };
  const file = await open(source, 'r');
  return {
    read: async (at, length) => {
      const bytes = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
