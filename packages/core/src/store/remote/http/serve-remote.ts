import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { serveStreams, type StreamServer, type StreamServing } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import { answerFiles } from './answer-files.ts';
import { partialFiles } from './partial-files.ts';
import { openTokens } from './tokens.ts';

export interface RemoteServing extends Omit<StreamServing, 'answer'> {
  /** Of the remote; the folder adapter's own layout, so that it may be a remote of either sort. */
  readonly folder: string;
  /** The file of tokens. */
  readonly tokens: string;
}

/**
 * Serves the remote in a folder by HTTP: whose token a request has decides its zone, and the zone what it may.
 *
 * @throws TG-STORE-REMOTE-TOKENS, TG-STORE-REMOTE, TG-STORE-REMOTE-SERVE when the address is taken or the certificate is none
 */
export async function serveRemote({ folder, tokens, ...serving }: RemoteServing): Promise<StreamServer> {
  const files = folderFiles(folder);
  const remote = {
    files,
    tokens: await openTokens(tokens),
    partial: partialFiles(join(folder, '.uploads')),
    scratch: join(folder, '.collect'),
  };
  await files.check();
  try {
    return await serveStreams({ ...serving, answer: (call) => answerFiles(remote, call) });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const address = `${serving.host ?? '127.0.0.1'}:${serving.port}`;
    const hint = code.startsWith('ERR_')
      ? 'Give a certificate and its key in PEM, which fit each other'
      : 'Take another: --listen 127.0.0.1:0';
    throw failure('TG-STORE-REMOTE-SERVE', `Cannot serve the remote at ${address}: ${code === '' ? message : code}`, hint, error);
  }
}
