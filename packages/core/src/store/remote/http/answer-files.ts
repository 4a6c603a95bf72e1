import { TidegateError, type Zone } from '@tidegate/formats';
import { json, refusal, refused } from './replies.ts';
import { type StreamedCall, type StreamedReply, wholeAnswer } from '../../../platform/index.ts';
import { type FileRights, rightsOf } from '../file-rights.ts';
import type { ByteRange, RemoteFiles } from '../remote-files.ts';
import { conditionIn, digestIn, entityTag, longestPut, protocol, tagIn } from './protocol.ts';
import type { ServedRemote } from './served-remote.ts';
import type { Tokens } from './tokens.ts';
import { answerCollect } from './answer-collect.ts';
import { answerUpload } from './answer-upload.ts';

/** A file is read and sent in blocks of this length. */
const blockBytes = 4 << 20;

/** Answers one request of the protocol: by whose token it is, and by the name of the file. Specification: docs/reference/formats/remote-http.md. */
export async function answerFiles(remote: ServedRemote, call: StreamedCall): Promise<StreamedReply> {
  try {
    const zone = await zoneOf(remote.tokens, call.headers['authorization']);
    if (zone === null) return { ...refusal(401, 'no token that is known here'), headers: { 'www-authenticate': 'Bearer' } };
    return await answerZone(remote, zone, call);
  } catch (error) {
    return ofError(error);
  }
}

async function zoneOf(tokens: Tokens, authorization: string | undefined): Promise<Zone | null> {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
  const zone = await tokens.zoneOf(token ?? '');
  return token === undefined ? null : zone;
}

async function answerZone(remote: ServedRemote, zone: Zone, call: StreamedCall): Promise<StreamedReply> {
  const { method, path, query } = call;
  const [, sort = '', rest = ''] = /^\/v1\/([a-z]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (sort === 'about' && method === 'GET') return json(200, { protocol, zone });
  if (sort === 'list' && method === 'GET') return { status: 200, body: listed(remote.files, zone, query.get('prefix') ?? '') };
  if (sort === 'tidy' && method === 'POST') return tidy(remote, zone, Number(query.get('before')));
  if (sort === 'collect' && method === 'POST') return answerCollect(remote, zone, query);
  if (sort === 'files') return answerFile(remote, { name: rest, rights: rightsOf(zone, rest) }, call);
  if (sort !== 'uploads') return refusal(404, 'nothing of that name is here');
  const [, hex = '', name = ''] = /^([0-9a-f]{64})\/(.+)$/.exec(rest) ?? [];
  return answerUpload(remote, { hex, name, rights: rightsOf(zone, name), zone }, call);
}

interface NamedFile {
  readonly name: string;
  readonly rights: FileRights;
}

async function answerFile({ files }: ServedRemote, { name, rights }: NamedFile, call: StreamedCall): Promise<StreamedReply> {
  const { method, headers } = call;
  if (method === 'GET' || method === 'HEAD') return rights.read ? readFile(files, name, call) : refused(`read "${name}"`);
  if (method === 'DELETE') {
    if (!rights.remove) return refused(`take out "${name}"`);
    await files.remove([name]);
    return { status: 204 };
  }
  if (method !== 'PUT') return refusal(405, `${method} is nothing that can be done with a file`);
  const onlyIf = conditionIn(headers);
  if (onlyIf === 'unclear') return refusal(400, 'the condition is none that is known here');
  if (rights.write === false || (rights.write === 'once' && onlyIf !== 'absent')) return refused(`write "${name}"`);
  if (Number(headers['content-length'] ?? Infinity) > longestPut) return refusal(413, `longer than ${longestPut} bytes: upload it`);
  const digest = digestIn(headers['repr-digest']);
  const bytes = await wholeAnswer(call.body, longestPut);
  const written = await files.write(name, bytes, { onlyIf, ...(digest !== null && { digest }) });
  return written.written ? { status: 201, headers: { etag: entityTag(written.tag) } } : refusal(412, 'the condition does not hold');
}

async function readFile(files: RemoteFiles, name: string, { method, headers }: StreamedCall): Promise<StreamedReply> {
  const range = rangeIn(headers['range']);
  if (range === 'unclear') return refusal(400, 'the range is none that is known here');
  const from = range?.from ?? 0;
  const to = Math.min(range?.to ?? Infinity, method === 'HEAD' ? from : from + blockBytes);
  const first = await files.read(name, { range: { from, to } });
  if (first === null) return refusal(404, `there is no file "${name}"`);
  const { size, tag } = first;
  const wanted = tagIn(headers['if-match']);
  if (wanted !== null && wanted !== tag) return refusal(412, 'it is another file by now');
  if (tagIn(headers['if-none-match']) === tag) return { status: 304, headers: { etag: entityTag(tag) } };
  const known = { etag: entityTag(tag), 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  if (range !== null && from >= size) return { status: 416, headers: { ...known, 'content-range': `bytes */${size}` } };
  const end = Math.min(range?.to ?? size, size);
  const part = { ...known, 'content-length': String(end - from) };
  const body = method === 'HEAD' ? '' : blocks(files, { name, tag, from, end }, first.bytes);
  if (range === null) return { status: 200, headers: part, body };
  return { status: 206, headers: { ...part, 'content-range': `bytes ${from}-${end - 1}/${size}` }, body };
}

interface Sent {
  readonly name: string;
  readonly tag: string;
  readonly from: number;
  readonly end: number;
}

/** One that is replaced meanwhile ends in the middle: half of each would be neither. */
async function* blocks(files: RemoteFiles, { name, tag, from, end }: Sent, first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first;
  for (let at = from + first.byteLength; at < end;) {
    const next = await files.read(name, { range: { from: at, to: Math.min(at + blockBytes, end) } });
    if (next === null || next.tag !== tag || next.bytes.byteLength === 0) throw new Error('it was replaced while it was sent');
    yield next.bytes;
    at += next.bytes.byteLength;
  }
}

function rangeIn(header: string | undefined): ByteRange | null | 'unclear' {
  if (header === undefined) return null;
  const [, from = '', to = ''] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header) ?? [];
  if (from === '' || (to !== '' && Number(to) < Number(from))) return 'unclear';
  return { from: Number(from), to: to === '' ? Infinity : Number(to) + 1 };
}

/** A line of JSON for each, of those that the zone may read; the last one says that nothing is left out. */
async function* listed(files: RemoteFiles, zone: Zone, prefix: string): AsyncGenerator<string> {
  for await (const file of files.list(prefix)) if (rightsOf(zone, file.name).read) yield `${JSON.stringify(file)}\n`;
  yield `${JSON.stringify({ end: true })}\n`;
}

async function tidy({ files, partial }: ServedRemote, zone: Zone, before: number): Promise<StreamedReply> {
  if (rightsOf(zone, 'uploads').remove !== true) return refused('tidy up');
  if (!Number.isSafeInteger(before)) return refusal(400, '"before" is no time');
  await partial.tidy(before);
  await files.tidy(before);
  return { status: 204 };
}

/** What the folder behind the server says, as much of it as somebody elsewhere can use: no path of this machine. */
function ofError(error: unknown): StreamedReply {
  const code = error instanceof TidegateError ? error.diagnostics[0].code : null;
  if (code === 'TG-STORE-FILE-CHANGED') return refusal(422, 'the bytes do not have the digest');
  if (code === 'TG-STORE-REMOTE-NOT-WRITABLE') return refusal(507, 'the folder of the server takes nothing: full, or not allowed');
  if (code !== null) return refusal(503, 'the folder of the server cannot be used');
  const isName = error instanceof Error && error.message.startsWith('Cannot name a file');
  return isName ? refusal(400, 'that is no name of a file') : refusal(500, 'the server made a mistake');
}
