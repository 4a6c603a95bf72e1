import { failure, type Json } from '@tidegate/formats';
import { digestOfBytes, type HttpExchange, isPassing, measureFile, readFile, stat, wholeAnswer } from '../../../platform/index.ts';
import { downloadByRange, type Rest } from '../download-by-range.ts';
import { changed, corrupt } from '../folder/failures.ts';
import {
  type FoundFile,
  type ListedFile,
  type ReadOptions,
  type RemoteFiles,
  requireFileName,
  type WriteOptions,
  type Written,
} from '../remote-files.ts';
import { conditionHeaders, entityTag, longestPut, protocol, reprDigest, tagIn } from './protocol.ts';
import { type HttpPlace, type RemoteAnswer, type RemoteExchange, remoteExchange } from './remote-exchange.ts';
import { uploadByOffset } from './upload-by-offset.ts';

/** No file that is read into memory is longer. */
const longestRead = 1 << 30;

/** Files of a remote behind a server of ours. Specification: docs/reference/formats/remote-http.md. */
export function httpFiles(place: HttpPlace, exchange?: HttpExchange): RemoteFiles {
  const server = remoteExchange(place, exchange);
  return {
    address: place.url.replace(/\/+$/, ''),
    collect: async ({ graceMs, dryRun, signal }) => {
      const path = `collect?grace=${Math.floor(graceMs)}${dryRun ? '&dry-run=1' : ''}`;
      const { body } = await server.ask({ method: 'POST', path, signal, doing: 'collect garbage' });
      return reportIn(server, (await wholeAnswer(body, longestRead)).toString('utf8'));
    },
    check: async ({ signal } = {}) => {
      const { body } = await server.ask({ method: 'GET', path: 'about', signal, doing: 'ask what it is' });
      const said = (await wholeAnswer(body, 64 << 10)).toString('utf8');
      if (!said.includes(`"${protocol}"`))
        throw failure(
          'TG-STORE-REMOTE',
          `Cannot use "${place.url}" as a remote: no server of this version of Tidegate answers there`,
          'Give the address that "tidegate remote serve FOLDER" printed',
        );
    },
    read: async (name, options = {}) => {
      requireFileName(name);
      return read(server, name, options);
    },
    download: async (name, path, options = {}) => {
      requireFileName(name);
      const rest = (from: number, tag: string | null): Promise<Rest | null> => restOf(server, { name, from, tag, signal: options.signal });
      return downloadByRange(
        path,
        { rest, isTransient: isPassing, corrupt: (digest) => corrupt(name, digest), broken: server.broken },
        options,
      );
    },
    write: async (name, source, options = {}) => {
      requireFileName(name);
      options.signal?.throwIfAborted();
      const size = typeof source === 'string' ? (await stat(source)).size : source.byteLength;
      if (size <= longestPut) return put(server, name, { ...options, bytes: typeof source === 'string' ? await readFile(source) : source });
      const digest = options.digest ?? (typeof source === 'string' ? (await measureFile(source)).digest : digestOfBytes(source));
      return uploadByOffset(server, { ...options, name, source, size, digest });
    },
    remove: async (names, { signal } = {}) => {
      for (const name of names) {
        requireFileName(name);
        await server.tell({ method: 'DELETE', path: `files/${name}`, signal, doing: `take out "${name}"`, expects: [404] });
      }
    },
    tidy: async (before, { signal } = {}) => {
      await server.tell({ method: 'POST', path: `tidy?before=${Math.floor(before)}`, signal, doing: 'tidy up' });
    },
    list: async function* (prefix, { signal } = {}) {
      const { body } = await server.ask({ method: 'GET', path: `list?prefix=${encodeURIComponent(prefix)}`, signal, doing: 'list files' });
      const lines: string[] = [];
      for await (const line of linesOf(body)) lines.push(line);
      if (lines.pop() !== '{"end":true}') throw server.broken(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
      for (const line of lines) yield JSON.parse(line) as ListedFile;
    },
  };
}

/** The last line; those before it only say that the server is at it. */
function reportIn(server: RemoteExchange, text: string): Json {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const { report, error }: { readonly report?: Json; readonly error?: string } = JSON.parse(last === '' ? '{}' : last);
  if (report !== undefined) return report;
  if (error === undefined) throw server.broken(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  throw failure(
    'TG-STORE-REMOTE',
    `Cannot collect garbage in the remote: ${error}`,
    'See what its server has to say: "tidegate remote gc --remote FOLDER" on its machine',
  );
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function read(server: RemoteExchange, name: string, { range, signal }: ReadOptions): Promise<FoundFile | null> {
  if (range !== undefined && range.to <= range.from) return lookAt(server, name, signal);
  const headers = range === undefined ? {} : { range: `bytes=${range.from}-${Number.isFinite(range.to) ? range.to - 1 : ''}` };
  const question = { method: 'GET', path: `files/${name}`, headers, signal, expects: [404, 416], doing: `read "${name}"` };
  for (let tries = 1; ; tries += 1) {
    const answer = await server.ask(question);
    try {
      const bytes = await wholeAnswer(answer.body, longestRead);
      if (answer.status === 404) return null;
      return { bytes: answer.status === 416 ? new Uint8Array() : bytes, ...fileIn(answer) };
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      if (!isPassing(error) || tries === 5) throw server.broken(error);
    }
  }
}

async function lookAt(server: RemoteExchange, name: string, signal: AbortSignal | undefined): Promise<FoundFile | null> {
  const answer = await server.tell({ method: 'HEAD', path: `files/${name}`, signal, expects: [404], doing: `read "${name}"` });
  return answer.status === 404 ? null : { bytes: new Uint8Array(), ...fileIn(answer) };
}

function fileIn({ headers }: RemoteAnswer): { readonly size: number; readonly tag: string } {
  const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length'] ?? '0';
  return { size: Number(whole), tag: tagIn(headers['etag']) ?? '' };
}

interface RestAsked {
  readonly name: string;
  readonly from: number;
  readonly tag: string | null;
  readonly signal: AbortSignal | undefined;
}

async function restOf(server: RemoteExchange, { name, from, tag, signal }: RestAsked): Promise<Rest | null> {
  const headers = { ...(from > 0 && { range: `bytes=${from}-` }), ...(tag !== null && { 'if-match': entityTag(tag) }) };
  const answer = await server.ask({
    method: 'GET',
    path: `files/${name}`,
    headers,
    signal,
    expects: [404, 412, 416],
    doing: `read "${name}"`,
  });
  if (answer.status < 400) return { ...fileIn(answer), body: answer.body };
  answer.body.resume();
  return answer.status === 416 ? { ...fileIn(answer), body: null } : null;
}

async function put(server: RemoteExchange, name: string, wanted: WriteOptions & { readonly bytes: Uint8Array }): Promise<Written> {
  const { bytes, onlyIf = null, signal } = wanted;
  const digest = digestOfBytes(bytes);
  if (wanted.digest !== undefined && wanted.digest !== digest) throw changed(wanted.digest);
  const headers = { ...conditionHeaders(onlyIf), 'repr-digest': reprDigest(digest) };
  const question = { method: 'PUT', path: `files/${name}`, headers, body: bytes, signal, expects: [412], doing: `write "${name}"` };
  const answer = await server.tell(question);
  if (answer.status === 412) return answer.tries === 1 ? { written: false } : ifOurs(server, { name, bytes, signal });
  wanted.onProgress?.(bytes.byteLength);
  return { written: true, tag: tagIn(answer.headers['etag']) ?? '', moved: bytes.byteLength };
}

interface Doubtful {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal | undefined;
}

/** A write that was asked for again because no answer came may have been done the first time. */
async function ifOurs(server: RemoteExchange, { name, bytes, signal }: Doubtful): Promise<Written> {
  const found = await read(server, name, signal === undefined ? {} : { signal });
  const isOurs = found !== null && Buffer.compare(found.bytes, bytes) === 0;
  return isOurs ? { written: true, tag: found.tag, moved: bytes.byteLength } : { written: false };
}
