import { digestOfHex } from '@tidegate/formats';
import type { StreamedCall, StreamedReply } from '../../../platform/index.ts';
import type { FileRights } from '../file-rights.ts';
import type { Condition, RemoteFiles } from '../remote-files.ts';
import { refusal, refused } from './replies.ts';
import type { ServedRemote } from './served-remote.ts';
import type { UploadName } from './partial-files.ts';
import { conditionIn, entityTag, partialUpload } from './protocol.ts';

interface Upload extends UploadName {
  readonly rights: FileRights;
}

/** Asks how far an upload is (HEAD), goes on with it (PATCH), drops it (DELETE). The last piece gives the file its name, under the request's condition. */
export async function answerUpload(remote: ServedRemote, upload: Upload, call: StreamedCall): Promise<StreamedReply> {
  const { files, partial } = remote;
  const { hex, name, rights } = upload;
  if (hex === '') return refusal(404, 'nothing of that name is here');
  const onlyIf = conditionIn(call.headers);
  if (onlyIf === 'unclear') return refusal(400, 'the condition is none that is known here');
  if (rights.write !== true) return refused(`write "${name}"`);
  if (call.method === 'DELETE') {
    await partial.drop(upload);
    return { status: 204 };
  }
  if (call.method !== 'HEAD' && call.method !== 'PATCH') return refusal(405, `${call.method} is nothing that can be done with an upload`);
  if (!(await holds(files, name, onlyIf))) return refusal(412, 'the condition does not hold');
  const offset = await partial.offset(upload);
  if (call.method === 'HEAD') return { status: 200, headers: { 'upload-offset': String(offset), 'cache-control': 'no-store' } };
  return goOn(remote, { upload, offset, onlyIf }, call);
}

interface Going {
  readonly upload: Upload;
  readonly offset: number;
  readonly onlyIf: Condition;
}

async function goOn({ files, partial }: ServedRemote, { upload, offset, onlyIf }: Going, call: StreamedCall): Promise<StreamedReply> {
  const { headers } = call;
  if (headers['content-type'] !== partialUpload) return refusal(415, `a piece is of the type ${partialUpload}`);
  const from = /^\d{1,15}$/.test(headers['upload-offset'] ?? '') ? Number(headers['upload-offset']) : -1;
  if (from !== offset) return { ...refusal(409, 'the upload is elsewhere'), headers: { 'upload-offset': String(offset) } };
  const end = await partial.append(upload, { from, body: call.body });
  if (headers['upload-complete'] !== '?1') return { status: 204, headers: { 'upload-offset': String(end) } };
  try {
    const written = await files.write(upload.name, partial.pathOf(upload), { digest: digestOfHex(upload.hex), onlyIf });
    return written.written ? { status: 201, headers: { etag: entityTag(written.tag) } } : refusal(412, 'the condition does not hold');
  } finally {
    await partial.drop(upload);
  }
}

async function holds(files: RemoteFiles, name: string, onlyIf: Condition): Promise<boolean> {
  if (onlyIf === null) return true;
  const found = await files.read(name, { range: { from: 0, to: 0 } });
  return onlyIf === 'absent' ? found === null : found?.tag === onlyIf.tag;
}
