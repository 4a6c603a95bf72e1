import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Zone, zones } from '@tidegate/formats';
import { packedRemote } from '../packed-remote.ts';
import { remoteConformance } from '../remote.conformance.ts';
import type { RemoteFiles } from '../remote-files.ts';
import { damageObject } from '../test-damage.ts';
import { httpFiles } from './http-files.ts';
import { serveRemote } from './serve-remote.ts';
import { addToken } from './tokens.ts';

const root = mkdtempSync(join(tmpdir(), 'tidegate-over-http-'));
const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
  rmSync(root, { recursive: true, force: true });
});

remoteConformance('remote over HTTP', (folder) => {
  const started = start(folder);
  return {
    open: (zone = 'main') => packedRemote(filesOf(started, zone), { zone, scratch: join(folder, 'incoming'), cache: null }),
    damage: (digest) => damageObject(join(folder, 'remote'), digest),
  };
});

interface Started {
  readonly url: string;
  readonly tokens: ReadonlyMap<Zone, string>;
}

async function start(folder: string): Promise<Started> {
  const tokens = join(folder, 'tokens');
  const given = new Map<Zone, string>();
  for (const zone of zones) given.set(zone, await addToken(tokens, { zone, name: zone }));
  const server = await serveRemote({ folder: join(folder, 'remote'), tokens, port: 0, tls: null });
  closing.push(server.close);
  return { url: `http://127.0.0.1:${server.port}`, tokens: given };
}

/** The files as one zone's token opens them, once the server has started. */
function filesOf(started: Promise<Started>, zone: Zone): RemoteFiles {
  const opened = started.then(({ url, tokens }) => httpFiles({ url, token: async () => tokens.get(zone) ?? '' }));
  const named: RemoteFiles = {
    address: 'http://127.0.0.1',
    check: async (...words) => (await opened).check(...words),
    read: async (...words) => (await opened).read(...words),
    download: async (...words) => (await opened).download(...words),
    write: async (...words) => (await opened).write(...words),
    remove: async (...words) => (await opened).remove(...words),
    tidy: async (...words) => (await opened).tidy(...words),
    list: async function* (...words) {
      yield* (await opened).list(...words);
    },
  };
  return named;
}
