import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addToken, hasTokens, serveRemote } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';

/** Serves the remote in a folder until it is told to end. */
export async function serve({ cwd, text, flag, terminal, json, signal, positionals }: Invocation): Promise<number> {
  const folder = resolve(cwd, positionals[1] ?? '.');
  const { host, port } = listenAt(text('listen') ?? '127.0.0.1:8470');
  const tls = certificateOf(cwd, text('certificate'), text('key'));
  if (!isLoopback(host) && tls === null && !flag('plain'))
    throw failure(
      'TG-STORE-REMOTE-SERVE',
      `Cannot serve the remote at ${host}:${port}: tokens would go over the network for everybody to read`,
      'Give --certificate and --key, or --plain where a proxy in front of it speaks TLS',
    );
  const tokens = text('tokens') === undefined ? join(folder, '.tokens') : resolve(cwd, text('tokens') ?? '');
  const isFirst = text('tokens') === undefined && !(await hasTokens(tokens));
  const token = isFirst ? await addToken(tokens, { zone: 'main', name: 'first' }) : null;
  const server = await serveRemote({ folder, tokens, host, port, tls });
  const url = `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  if (json) terminal.json({ url, folder, tokens, token });
  if (token !== null) terminal.line(`Token for the zone main, told this once: ${token}`);
  terminal.line(`The remote in ${folder} is served at ${url}; Ctrl-C ends it.`);
  await ended(signal);
  await server.close();
  return 0;
}

function listenAt(address: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, name = '', port = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = inBrackets ?? name;
  if (host !== '' && Number(port) <= 65_535) return { host, port: Number(port) };
  throw failure('TG-CLI-USAGE', `Cannot listen at "${address}": it is no HOST:PORT`, 'For example: --listen 127.0.0.1:8470');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function certificateOf(cwd: string, certificate: string | undefined, key: string | undefined): Parameters<typeof serveRemote>[0]['tls'] {
  if (certificate === undefined && key === undefined) return null;
  if (certificate !== undefined && key !== undefined) return { certificate: readPem(cwd, certificate), key: readPem(cwd, key) };
  throw failure('TG-CLI-USAGE', 'Cannot serve by TLS: a certificate and its key go together', 'Give both: --certificate FILE --key FILE');
}

function readPem(cwd: string, path: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw failure('TG-STORE-REMOTE-SERVE', `Cannot read "${path}": ${code}`, 'Name a file in PEM that this user may read', error);
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
