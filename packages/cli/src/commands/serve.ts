import { resolve } from 'node:path';
import { serveFolder, serveRelease } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere, servingProgram } from '../open-here.ts';

export const command: Command = {
  name: 'serve',
  summary: 'Serve a release in the foreground',
  usage: '[RELEASE] [--release FOLDER] [--port N]',
  options: {
    release: { type: 'string', value: 'FOLDER', help: 'A release as a folder; needs no project around it' },
    port: { type: 'string', short: 'p', value: 'N', help: 'Port on loopback (default 8080; 0 = a free one)' },
    online: { type: 'string', value: 'FILE', help: 'Online store to look features up in (default: that of the project)' },
  },
  examples: [
    { line: 'tidegate serve', does: 'the newest release of the project at http://127.0.0.1:8080' },
    { line: 'tidegate serve 3f2a9c1d --port 9000', does: 'a release by the first digits of its digest' },
    { line: 'tidegate serve --release ./release', does: 'a release as a folder, wherever it lies' },
  ],
  run: async (invocation) => {
    const port = Number(invocation.text('port') ?? 8080);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw failure(
        'TG-CLI-USAGE',
        `Cannot serve at port "${invocation.text('port') ?? ''}": it must be 0 to 65535`,
        'For example: tidegate serve --port 9000',
      );
    const folder = invocation.text('release');
    const online = invocation.text('online') ?? null;
    if (folder !== undefined)
      return serveFolder({
        serving: servingProgram(),
        folder: resolve(invocation.cwd, folder),
        port,
        online,
        python: null,
        signal: invocation.signal,
      });
    using project = await openHere(invocation);
    const [release] = invocation.positionals;
    return serveRelease(project, { release: release ?? null, port, online, signal: invocation.signal });
  },
};
