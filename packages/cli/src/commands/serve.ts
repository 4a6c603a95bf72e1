import { resolve } from 'node:path';
import { serveFolder, type ServerOptions, serveRelease } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere, servingProgram } from '../open-here.ts';

export const command: Command = {
  name: 'serve',
  summary: 'Serve a release in the foreground',
  usage: '[RELEASE] [--release FOLDER] [--port N] [--trusted-keys FILE]',
  options: {
    release: { type: 'string', value: 'FOLDER', help: 'A release as a folder; needs no project around it' },
    port: { type: 'string', short: 'p', value: 'N', help: 'Port (default 8080; 0 = a free one)' },
    host: { type: 'string', value: 'ADDRESS', help: 'Address to listen on (default 127.0.0.1: this machine only)' },
    online: { type: 'string', value: 'FILE', help: 'Online store to look features up in (default: that of the project)' },
    python: { type: 'string', value: 'EXE', help: 'Python for a model that is not ONNX (default: that of the project)' },
    'trusted-keys': {
      type: 'string',
      value: 'FILE',
      help: 'Public keys in PEM, by one of which the release must be signed (default: a release of the project by its own policy, a folder by none)',
    },
    workers: { type: 'string', value: 'N', help: 'Threads or processes with the model (default 1)' },
    'body-limit': { type: 'string', value: 'BYTES', help: 'Longest body of a request (default 10485760)' },
    'row-limit': { type: 'string', value: 'N', help: 'Most rows of a request (default 10000)' },
    'queue-limit': { type: 'string', value: 'N', help: 'Most requests that wait for the model (default 256)' },
  },
  examples: [
    { line: 'tidegate serve', does: 'the newest release of the project at http://127.0.0.1:8080' },
    { line: 'tidegate serve 3f2a9c1d --port 9000', does: 'a release by the first digits of its digest' },
    { line: 'tidegate serve --release ./release', does: 'a release as a folder, wherever it lies' },
    {
      line: 'tidegate serve --release ./release --trusted-keys ci.pem',
      does: 'the same, once every file of it is found to be what the holder of this key has signed',
    },
  ],
  run: async (invocation) => {
    const { cwd, signal } = invocation;
    const options = serverOptions(invocation);
    const folder = invocation.text('release');
    if (folder !== undefined) {
      await serveFolder({ serving: servingProgram(), folder: resolve(cwd, folder), options, signal });
      return 0;
    }
    using project = await openHere(invocation);
    const [release = null] = invocation.positionals;
    await serveRelease(project, { release, options, signal });
    return 0;
  },
};

/** What is given, for the server, which has a folder of its own: files get their whole path. */
function serverOptions({ text, cwd }: Invocation): ServerOptions {
  const port = text('port') ?? '8080';
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw failure('TG-CLI-USAGE', `Cannot serve at port "${port}": it must be 0 to 65535`, 'For example: tidegate serve --port 9000');
  const plain = ['host', 'workers', 'body-limit', 'row-limit', 'queue-limit'] as const;
  const given = plain.flatMap((name) => optionOf(name, text(name)));
  const [online, python, keys] = [text('online'), text('python'), text('trusted-keys')];
  const program = python?.includes('/') === true ? resolve(cwd, python) : python;
  const fileOf = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(cwd, path));
  const files = [...optionOf('online', fileOf(online)), ...optionOf('trusted-keys', fileOf(keys)), ...optionOf('python', program)];
  return Object.fromEntries([['port', port] as const, ...given, ...files]);
}

function optionOf(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}
