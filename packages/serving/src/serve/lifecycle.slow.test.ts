import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Signature } from '@tidegate/formats';
import { publicPem, signModel } from '@tidegate/runtime';
import { bindListener } from '../supervise/listener.ts';
import { makeRelease } from './test-release.ts';
import { main, startServer, type TestServer, withoutIds } from './test-server.ts';

const signature: Signature = {
  task: 'regression',
  inputs: [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ],
  classes: [],
};
const houses = { file: 'python/linear.py', flavor: 'function', signature } as const;
const rowsOf = (town: string): string => JSON.stringify({ rows: [{ town, area: 1 }] });

test('it is live at once and ready when the model is loaded; before that a prediction is told to wait', async (t) => {
  const release = await makeRelease(houses);
  t.after(release.remove);
  const server = await startServer(['--release', release.folder], { ready: false });
  t.after(server.kill);

  const [live, ready, early] = await Promise.all([
    fetch(`${server.address}/v2/health/live`),
    fetch(`${server.address}/v2/health/ready`),
    predict(server, 'a'),
  ]);

  assert.deepEqual([live.status, ready.status, early.status], [200, 503, 503]);
  assert.equal(early.headers.get('retry-after'), '1');
  assert.equal((await bodyOf(early)).code, 'TG-SERVING-NOT-READY');
});

test('a release that cannot be read, a model that cannot be loaded and a wrong option end it with a code', async (t) => {
  const release = await makeRelease({ file: 'python/linear.py', flavor: 'onnx', signature });
  t.after(release.remove);

  await assert.rejects(startServer(['--release', '/no/where']), /TG-SERVING-RELEASE: Cannot read the release "\/no\/where": release.json/);
  await assert.rejects(startServer(['--release', release.folder]), /TG-SERVING-MODEL: Cannot load the model/);
  await assert.rejects(startServer(['--release', release.folder, '--listen', 'ipc']), /TG-SERVING-ARGUMENTS/);
});

test('hostile 40: a release that was changed after it was signed is not loaded, and the server says which file it is', async (t) => {
  const release = await makeRelease(houses);
  t.after(release.remove);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeFile(
    join(release.folder, 'model.sig'),
    await signModel(release.folder, { key: privateKey, certificates: null }, ['model.sig']),
  );
  const args = ['--release', release.folder, '--trusted-keys', publicPem(publicKey)];
  const server = await startServer(args);
  assert.equal(await server.stop(), 0);

  await appendFile(join(release.folder, 'model/linear.py'), '\n');

  await assert.rejects(startServer(args), /TG-MODELS-SIGNATURE: .*"model\/linear.py" is not what was signed/);
});

test('a model in Python predicts; when its process dies the request gets 503, and the next one is answered', async (t) => {
  const server = await serving(t);

  const before = await predict(server, 'b');
  const died = await predict(server, 'die');
  const after = await predict(server, 'b');

  assert.deepEqual(withoutIds((await bodyOf(before)).predictions), [{ prediction: 17 }]);
  assert.equal(died.status, 503);
  assert.deepEqual((await bodyOf(died)).code, 'TG-SERVING-MODEL-DOWN');
  assert.deepEqual(withoutIds((await bodyOf(after)).predictions), [{ prediction: 17 }]);
  assert.match(await (await fetch(`${server.address}/metrics`)).text(), /^tidegate_model_restarts_total 1$/m);
});

test('an error of the model is told by its first line, the trace is in the log only', async (t) => {
  const server = await serving(t);

  const refused = await predict(server, 'raise');

  assert.equal(refused.status, 500);
  assert.deepEqual(await bodyOf(refused), {
    error: 'Cannot predict: the model says "ValueError: no such town"',
    code: 'TG-SERVING-PREDICTION',
  });
  while (!server.log().includes('no such town')) await delay(10); // another pipe than the answer's: it may come later
  assert.match(server.log(), /Traceback/);
});

test('more requests than may wait are refused with 503 and Retry-After while the others wait', async (t) => {
  const server = await serving(t, '--queue-limit', '1');
  void predict(server, 'hang').catch(() => {});
  await delay(100);
  void predict(server, 'a').catch(() => {});
  await delay(50);

  const refused = await predict(server, 'a');

  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
  assert.equal((await bodyOf(refused)).code, 'TG-SERVING-OVERLOADED');
});

test('on SIGTERM no request fails: those under way are answered, connections are told to close, it exits with 0', async (t) => {
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx' });
  t.after(release.remove);
  const server = await startServer(['--release', release.folder]);
  t.after(server.kill);
  const load = startLoad(server.port);
  await load.hasAnswered(20);

  const code = await server.stop();
  const { failed, closed } = await load.stop();

  assert.equal(code, 0);
  assert.deepEqual(failed, []);
  assert.equal(closed, connections);
});

test('two servers of a supervisor hand an address over without a failed request', async (t) => {
  const release = await makeRelease({ file: 'matrix.onnx', flavor: 'onnx' });
  t.after(release.remove);
  const listener = bindListener({ wanted: 0, kept: undefined, first: 41_000 });
  t.after(listener.close);
  const first = await supervised(t, release.folder, listener.handle);
  first.send({ type: 'accept' });
  while (!(await fetch(`http://127.0.0.1:${listener.port}/v2/health/live`).catch(() => null))) await delay(10);
  const load = startLoad(listener.port, { again: true });
  await load.hasAnswered(20);

  const second = await supervised(t, release.folder, listener.handle);
  second.send({ type: 'accept' });
  first.send({ type: 'drain' });
  const [code] = await once(first, 'exit');
  await load.hasAnswered(20); // by the second one
  const { failed } = await load.stop();
  const secondEnd = once(second, 'exit');
  second.disconnect();

  assert.equal(code, 0);
  assert.deepEqual(failed, []);
  assert.equal((await secondEnd)[0], 0);
});

async function serving(t: TestContext, ...args: readonly string[]): Promise<TestServer> {
  const release = await makeRelease(houses);
  t.after(release.remove);
  const server = await startServer(['--release', release.folder, ...args]);
  t.after(server.kill);
  return server;
}

function predict(server: TestServer, town: string): Promise<Response> {
  return fetch(`${server.address}/v1/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: rowsOf(town) });
}

async function bodyOf(answer: Response): Promise<{ readonly error?: string; readonly code?: string; readonly predictions?: unknown }> {
  return JSON.parse(await answer.text());
}

/** Starts a server that waits for the word of its supervisor, and waits until it is ready. */
async function supervised(t: TestContext, folder: string, handle: Parameters<ChildProcess['send']>[1]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'serve', '--release', folder, '--listen', 'ipc'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.send({ type: 'listen' }, handle);
  const [message] = await once(child, 'message');
  assert.deepEqual(message, { type: 'ready', pid: child.pid });
  return child;
}

const connections = 4;

interface Load {
  /** Resolves when so many more requests have been answered. */
  readonly hasAnswered: (more: number) => Promise<void>;
  readonly stop: () => Promise<{ readonly failed: readonly string[]; readonly closed: number }>;
}

/** Connections that send one request after another; each ends when the server closes it, or with `again` opens a new one. */
function startLoad(port: number, { again = false }: { readonly again?: boolean } = {}): Load {
  let [answered, closed, stopped] = [0, 0, false];
  const failed: string[] = [];
  const one = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let open = true; !stopped && open;) {
      try {
        open = (await post(port, agent)) || again;
        answered++;
        if (!open) closed++;
      } catch (error) {
        failed.push(String(error));
      }
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: connections }, one));
  return {
    hasAnswered: async (more) => {
      const wanted = answered + more;
      while (answered < wanted && failed.length === 0) await delay(5);
    },
    stop: async () => {
      stopped = true;
      await all;
      return { failed, closed };
    },
  };
}

/** @returns whether the connection stays open */
function post(port: number, agent: Agent): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/predict',
      agent,
      headers: { 'content-type': 'application/json' },
    };
    const sent = request(options, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve(answer.headers.connection !== 'close') : reject(new Error(`status ${answer.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end('{"rows":[{"x":1,"y":2,"z":3}]}');
  });
}
