import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { remoteFilesConformance } from '../remote-files.conformance.ts';
import { httpFiles } from './http-files.ts';
import { serveRemote } from './serve-remote.ts';
import { addToken } from './tokens.ts';

const root = mkdtempSync(join(tmpdir(), 'tidegate-served-'));
const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
  rmSync(root, { recursive: true, force: true });
});

remoteFilesConformance('HTTP', async (folder) => {
  const tokens = join(folder, 'tokens');
  const token = await addToken(tokens, { zone: 'main', name: 'test' });
  const server = await serveRemote({ folder: join(folder, 'remote'), tokens, port: 0, tls: null });
  closing.push(server.close);
  return { open: () => httpFiles({ url: `http://127.0.0.1:${server.port}`, token: async () => token }) };
});
