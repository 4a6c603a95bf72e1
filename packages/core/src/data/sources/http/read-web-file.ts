import { failure } from '@tidegate/formats';
import { isPassing, measureFile, rm, type StreamedAnswer } from '../../../platform/index.ts';
import { downloadByRange, type Rest } from '../../../store/index.ts';
import type { WebFile } from './web-files.ts';
import { toldOfNetwork, type Web } from './web.ts';

/** What is remembered of a file, to know it again. */
export interface WebStamp {
  /** Digest of the address, cut short: another address is another file. */
  readonly address: string;
  readonly etag: string | null;
  readonly modified: string | null;
  readonly digest: string;
}

interface Wanted {
  readonly title: string;
  readonly path: string;
  readonly former: WebStamp | null;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** Reads one file, unless the server says that it is the former one, or it turns out to be. */
export async function readWebFile(
  web: Web,
  { url, address }: WebFile,
  wanted: Wanted,
): Promise<{ readonly file: string | null; readonly stamp: WebStamp }> {
  const { path, former, title, mostBytes, signal } = wanted;
  const since = former !== null && former.address === address ? former : null;
  const headers = {
    ...(since?.etag !== null && since?.etag !== undefined && { 'if-none-match': since.etag }),
    ...(since?.modified !== null && since?.modified !== undefined && { 'if-modified-since': since.modified }),
  };
  let first: StreamedAnswer | null = await web.get({ url, headers, signal, expects: [304] });
  if (first.status === 304 && since !== null) {
    first.body.resume();
    return { file: null, stamp: since };
  }
  const stamp = { etag: first.headers['etag'] ?? null, modified: first.headers['last-modified'] ?? null };
  const tooLong = (): Error =>
    failure('TG-SOURCE-LENGTH', `Cannot read ${title}: it is longer than ${mostBytes} bytes`, 'Allow more with "most:" of the source');
  const requireLength = ({ size, body }: Rest): void => {
    if (size === null || size <= mostBytes) return;
    if (body !== null && 'destroy' in body && typeof body.destroy === 'function') body.destroy();
    throw tooLong();
  };
  const rest = async (from: number, tag: string | null): Promise<Rest | null> => {
    if (first !== null) {
      const whole = restOf(first);
      first = null;
      requireLength(whole);
      return whole;
    }
    if (from > 0 && (tag ?? '') === '') return null; // nothing says that the rest would be of the same file
    const range = from === 0 ? {} : { range: `bytes=${from}-`, 'if-range': tag ?? '' };
    const answer = await web.get({ url, headers: range, signal, expects: [416] });
    if (from > 0 && (answer.status === 200 || restOf(answer).tag !== tag || !startsAt(answer, from))) {
      answer.body.destroy();
      return null;
    }
    return restOf(answer);
  };
  let received = 0;
  const onProgress = (bytes: number): void => {
    if ((received += bytes) > mostBytes) throw tooLong();
    wanted.onProgress(bytes);
  };
  const broken = (error: unknown): Error =>
    failure('TG-SOURCE-BROKEN', `Cannot read ${title}: it broke off again and again`, 'Run the command again', toldOfNetwork(error, title));
  const corrupt = (): Error => broken(null);
  await downloadByRange(path, { rest, isTransient: isPassing, corrupt, broken }, { signal, onProgress });
  const { digest } = await measureFile(path);
  const now = { address, ...stamp, digest };
  if (since?.digest !== digest) return { file: path, stamp: now };
  await rm(path);
  return { file: null, stamp: now };
}

function restOf({ headers, body, status }: StreamedAnswer): Rest {
  const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length'];
  const etag = headers['etag'] ?? '';
  const tag = etag !== '' && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? '');
  return { size: whole === undefined ? null : Number(whole), tag, body: status === 416 ? null : body };
}

function startsAt({ headers, status }: StreamedAnswer, from: number): boolean {
  return status === 416 || headers['content-range']?.startsWith(`bytes ${from}-`) === true;
}
