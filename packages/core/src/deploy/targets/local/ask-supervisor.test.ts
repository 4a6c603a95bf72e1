import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { identityOf } from '../../../platform/index.ts';
import { askSupervisor } from './ask-supervisor.ts';

test('a supervisor that runs and does not listen yet is asked again; one that has ended is not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-ask-'));
  const self = identityOf(process.pid);
  assert.ok(self);
  const state = { format: 'tidegate.supervisor/v1', supervisor: self, control: join(folder, 'socket') };
  const server = createServer((socket) => socket.end('{"type":"progress","doing":"Loading"}\n{"type":"stopped"}\n'));
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  setTimeout(() => server.listen(state.control), 150);
  const doing: string[] = [];

  const answer = await askSupervisor(state, { type: 'stop' }, { onProgress: (what) => doing.push(what) });

  assert.deepEqual(answer, { type: 'stopped' });
  assert.deepEqual(doing, ['Loading']);
  const ended = { ...state, supervisor: { ...self, startedAt: 'earlier' }, control: join(folder, 'gone') };
  assert.equal(await askSupervisor(ended, { type: 'stop' }), null);
});
