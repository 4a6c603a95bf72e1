import { join } from 'node:path';
import type { Json } from '@tidegate/formats';
import type { HttpSourceConfig } from '../../../config/index.ts';
import { concurrently } from '../../../platform/index.ts';
import { requireSecret } from '../../../secrets/index.ts';
import { certificateOfServer } from '../certificate-of-server.ts';
import { clockOf } from '../clock-of.ts';
import { lookOver, passed } from '../look-over.ts';
import { latencyFinding } from '../measured-findings.ts';
import type { ReadRequest, Source, SourceFinding, SourceReading } from '../source.ts';
import type { SourceParts } from '../source-parts.ts';
import { readWebFile, type WebStamp } from './read-web-file.ts';
import { openWeb, type Web } from './web.ts';
import { type WebFile, webFiles } from './web-files.ts';

const readAtOnce = 4;

/** Files of the web, each under the last part of its address. One that the server says is the former one is not read again. */
export function httpSource({ urls, token, mostBytes }: HttpSourceConfig, { secret }: SourceParts): Source {
  const files = webFiles(urls);
  const titleOf = (name: string): string => `"${name}" of the web`;
  const title = files.length === 1 ? titleOf(files[0]?.name ?? '') : `${files.length} files of the web`;
  const value = async (): Promise<string | null> => (token === null ? null : requireSecret(secret, token.secret, `read ${title}`));
  const open = (name: string): Web => openWeb(titleOf(name), value);

  return {
    kind: 'http',
    title,
    check: ({ signal }) => check(files, open, signal),
    read: async (request) => readAll(files, { open, titleOf, mostBytes }, request),
    glance: async ({ signal }) => {
      const stamps = await concurrently(readAtOnce, files, async ({ url, name }) => {
        const { headers } = await lookAt(open(name), url, signal);
        return headers['etag'] ?? headers['last-modified'] ?? null;
      });
      return stamps.includes(null) ? null : [...stamps];
    },
    confirm: async () => {},
  };
}

interface Reading {
  readonly open: (name: string) => Web;
  readonly titleOf: (name: string) => string;
  readonly mostBytes: number;
}

async function readAll(files: readonly WebFile[], { open, titleOf, mostBytes }: Reading, request: ReadRequest): Promise<SourceReading> {
  const { folder, signal, progress } = request;
  signal.throwIfAborted();
  const since = stampsIn(request.since);
  let received = 0;
  const onProgress = (bytes: number): void => progress(`reading, ${(received += bytes)} bytes`, null);
  const read = await concurrently(readAtOnce, files, async (one) => {
    const wanted = {
      title: titleOf(one.name),
      path: join(folder, one.name),
      former: since.get(one.name) ?? null,
      mostBytes,
      signal,
      onProgress,
    };
    return { path: one.name, ...(await readWebFile(open(one.name), one, wanted)) };
  });
  const position = { kind: 'http', files: Object.fromEntries(read.map(({ path, stamp }) => [path, { ...stamp }])) };
  if (read.length === since.size && read.every(({ file }) => file === null)) return { kind: 'unchanged', position };
  return { kind: 'files', files: read.map(({ path, file }) => ({ path, file })), position };
}

/** Of an earlier reading; none for a position that is of something else. */
function stampsIn(position: Json): ReadonlyMap<string, WebStamp> {
  const { kind, files } = (position ?? {}) as { readonly kind?: Json; readonly files?: { readonly [name: string]: WebStamp } };
  return new Map(kind === 'http' && typeof files === 'object' ? Object.entries(files) : []);
}

/** The first byte of a file, for what the server says of the whole. */
async function lookAt(web: Web, url: string, signal: AbortSignal): Promise<Awaited<ReturnType<Web['get']>>> {
  const answer = await web.get({ url, headers: { range: 'bytes=0-0' }, signal, expects: [416] });
  answer.body.destroy();
  return answer;
}

async function check(files: readonly WebFile[], open: (name: string) => Web, signal: AbortSignal): Promise<readonly SourceFinding[]> {
  const [first] = files;
  if (first === undefined) return [];
  const look = (): ReturnType<typeof lookAt> => lookAt(open(first.name), first.url, signal);
  const { hostname } = new URL(first.url);
  return lookOver([
    { about: 'reach', at: async () => (await look(), passed('The server answers')) },
    { about: 'tls', at: async () => certificateOfServer((await look()).socket, hostname) },
    { about: 'latency', at: () => latencyFinding(look) },
    { about: 'clock', at: async () => clockOf((await look()).headers['date']) },
    { about: 'found', at: async () => found(files, (one) => lookAt(open(one.name), one.url, signal)) },
  ]);
}

async function found(files: readonly WebFile[], look: (file: WebFile) => ReturnType<typeof lookAt>): Promise<Omit<SourceFinding, 'about'>> {
  const heads = await concurrently(readAtOnce, files, look);
  const lengths = heads.map(({ headers }) =>
    Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length'] ?? Number.NaN),
  );
  const bytes = lengths.some(Number.isNaN) ? null : lengths.reduce((sum, length) => sum + length, 0);
  const isTold = heads.every(({ headers }) => headers['etag'] !== undefined || headers['last-modified'] !== undefined);
  const changes = isTold ? 'what did not change is not read again' : 'it is not said when one changed, so each is read every time';
  return passed(`${files.length} of ${files.length} files are there; ${changes}`, { files: files.length, bytes, saysWhenChanged: isTold });
}
