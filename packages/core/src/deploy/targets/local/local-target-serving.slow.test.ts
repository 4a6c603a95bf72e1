import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultLog } from '../../../config/index.ts';
import { checkOutRelease } from '../../../packaging/index.ts';
import { systemPlatform } from '../../../platform/index.ts';
import { folderObjectStore } from '../../../store/index.ts';
import type { DeployedRelease } from '../../target.ts';
import { realCase, servingArgv, storeRealRelease } from '../../test-release.ts';
import { localTarget } from './local-target.ts';

const place = { project: 'shop', environment: 'production', service: 'prices' };

/** A real model server in a local target; `deploy` makes a release that differs from the others by its note. */
async function open(t: { after: (end: () => Promise<void>) => void }) {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-serving-'));
  const store = folderObjectStore(join(root, 'objects'));
  const target = localTarget({ deployments: join(root, 'deployments'), serving: { argv: servingArgv }, platform: systemPlatform });
  t.after(async () => {
    await target.stop(place);
    await rm(root, { recursive: true, force: true });
  });
  const deploy = async (note: string): Promise<DeployedRelease> => {
    const release = await storeRealRelease(store, note);
    const folder = join(root, 'releases', note);
    await checkOutRelease(store, release, folder);
    const settings = { variables: {}, online: null, python: null, log: defaultLog };
    return target.deploy({ place, release, folder, settings, port: 0, signal: new AbortController().signal, emit: () => {} });
  };
  return { target, deploy };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function post(url: string, body: string, agent: Agent | false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

for (const [how, keepAlive] of [
  ['connections of their own', false],
  ['connections kept open', true],
] as const)
  test(`three switches of the real model server under load, over ${how}, fail no request`, async (t) => {
    const { deploy } = await open(t);
    const { row, prediction } = await realCase();
    const { address } = await deploy('one');
    const agent = keepAlive ? new Agent({ keepAlive: true, maxSockets: 4 }) : false;
    t.after(() => void (agent && agent.destroy()));
    const releases = new Set<string>();
    const problems: unknown[] = [];
    let answered = 0;
    let over = false;
    const caller = async (): Promise<void> => {
      while (!over) {
        const answer = await post(`${address}/v1/predict`, JSON.stringify({ rows: [row] }), agent).catch((error: Error) => error);
        if (answer instanceof Error || answer.status !== 200) problems.push(answer);
        else {
          const { release, predictions } = JSON.parse(answer.body) as { release: string; predictions: [{ prediction: number }] };
          if (Math.abs(predictions[0].prediction - prediction) > 1e-3) problems.push(answer.body);
          releases.add(release);
          answered++;
        }
        await wait(2);
      }
    };
    const callers = Promise.all([caller(), caller(), caller(), caller()]);

    for (const note of ['two', 'three', 'four']) assert.equal((await deploy(note)).address, address);
    await wait(100);
    over = true;
    await callers;

    assert.deepEqual(problems, []);
    assert.equal(releases.size, 4);
    assert.ok(answered > 100, `only ${answered} answers`);
  });

test('requests wait while a killed model server is started again', async (t) => {
  const { target, deploy } = await open(t);
  const { row } = await realCase();
  const { address } = await deploy('one');
  const { pid } = await target.status(place);
  assert.ok(pid);

  process.kill(pid, 'SIGKILL');
  await wait(50);
  const answer = await post(`${address}/v1/predict`, JSON.stringify({ rows: [row] }), false);

  assert.equal(answer.status, 200);
});
