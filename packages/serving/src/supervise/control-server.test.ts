import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SupervisorReply, SupervisorRequest } from '@tidegate/formats';
import { openControl } from './control-server.ts';

interface Bench {
  readonly path: string;
  readonly requests: SupervisorRequest[];
  readonly say: (line: string) => Promise<readonly SupervisorReply[]>;
}

async function open(t: { after: (end: () => Promise<void>) => void }): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-control-'));
  const path = join(folder, 'control', 'socket');
  const requests: SupervisorRequest[] = [];
  const server = await openControl(path, {
    answer: async (request, send) => {
      requests.push(request);
      send({ type: 'stopped' });
    },
  });
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const say = (line: string): Promise<readonly SupervisorReply[]> =>
    new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(path, () => socket.write(`${line}\n`));
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.once('error', reject);
      socket.once('close', () =>
        resolve(
          text
            .trim()
            .split('\n')
            .map((reply) => JSON.parse(reply) as SupervisorReply),
        ),
      );
    });
  return { path, requests, say };
}

test('a request is handed over and its answer sent back', async (t) => {
  const { say, requests } = await open(t);

  assert.deepEqual(await say('{"type":"stop"}'), [{ type: 'stopped' }]);
  assert.deepEqual(requests, [{ type: 'stop' }]);
});

test('what is no request is answered with what is wrong, and the next one is taken', async (t) => {
  const { say, requests } = await open(t);

  for (const line of ['no json', '{"type":"dance"}', '[]', 'null']) {
    const [reply] = await say(line);
    assert.equal(reply?.type === 'failed' ? reply.why : reply?.type, 'request', line);
  }
  assert.deepEqual(requests, []);
  assert.deepEqual(await say('{"type":"stop"}'), [{ type: 'stopped' }]);
});

test('only the same user can open the socket', async (t) => {
  const { path } = await open(t);

  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700);
});
