import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { featureCase, pythonCase, storeFeatureRelease, storePythonRelease } from '../../test-release.ts';
import { type Answered, type Load, startLoad } from './test-load.ts';
import { childrenOf, openServing, place, type ServingBench } from './test-serving.ts';

/** What the page docs/explanation/what-survives.md promises. */
const cut = new Set(['ECONNRESET', 'EPIPE']);
const lostMs = 1_000;

test('a model server killed under load cuts the connections it held; nobody gets another error or a wrong answer, and the next one answers', async (t) => {
  const bench = await openServing(t, storeFeatureRelease);
  const { address } = await bench.deploy('one');
  const callers = { kept: 3, fresh: 3, pauseMs: 5 };
  const load = startLoad(address, featureCase.row, callers);
  const kills = 3;

  for (let kill = 0; kill < kills; kill++) await killServerOnce(bench, load);
  await load.stop();

  assert.deepEqual(
    load.failed.filter(({ how }) => !cut.has(how)),
    [],
  );
  assert.ok(load.failed.length <= kills * (callers.kept + callers.fresh), `${load.failed.length} requests failed`);
  assert.ok(load.answered.every(({ prediction }) => prediction === featureCase.prediction));
  assert.equal((await bench.target.status(place)).restarts, kills);
  t.diagnostic(
    `${load.answered.length} answers, ${load.failed.length} connections cut, the slowest answer ${Math.round(load.slowestMs())} ms`,
  );
});

test('the prediction log of a killed server has every prediction but some of its last second, and says so', async (t) => {
  const bench = await openServing(t, storeFeatureRelease);
  const { address } = await bench.deploy('one');
  const load = startLoad(address, featureCase.row, { kept: 4, fresh: 0, pauseMs: 2 });
  const killed: number[] = [];

  for (let kill = 1; kill <= 3; kill++) {
    await wait(1_500); // longer than what may be lost: something has to be kept
    killed.push(await killServerOnce(bench, load));
    while ((await toldOfKills(bench)).length < kill) await wait(50);
  }
  await load.stop();
  await bench.target.stop(place);

  const logged = await bench.logged();
  const lost = load.answered.filter(({ id }) => !logged.has(id));
  const unexplained = lost.filter(({ at }) => !killed.some((when) => at > when - lostMs && at < when + lostMs));
  assert.deepEqual(unexplained, []);
  assert.ok((await toldOfKills(bench)).every((rows) => rows > 0));
  t.diagnostic(`${load.answered.length} answers, ${logged.size} in the log, ${lost.length} lost by three kills`);
});

test('a killed process of a Python model fails what it was asked and nothing else', async (t) => {
  const { deploy, target } = await openServing(t, storePythonRelease);
  const { address } = await deploy('one');
  const callers = { kept: 3, fresh: 3, pauseMs: 5 };
  const load = startLoad(address, pythonCase.row, callers);
  const kills = 3;

  for (let kill = 0; kill < kills; kill++) {
    await load.more(50);
    const { pid } = await target.status(place);
    const [worker] = await childrenOf(pid ?? 0);
    assert.ok(worker);
    process.kill(worker, 'SIGKILL');
  }
  await load.more(50);
  await load.stop();

  assert.deepEqual(
    load.failed.filter(({ how }) => how !== '503 TG-SERVING-MODEL-DOWN'),
    [],
  );
  assert.ok(load.failed.length <= kills * (callers.kept + callers.fresh), `${load.failed.length} requests failed`);
  assert.ok(load.answered.every(({ prediction }) => prediction === pythonCase.prediction));
  assert.equal((await target.status(place)).restarts, 0);
  t.diagnostic(`${load.answered.length} answers, ${load.failed.length} refused`);
});

test('the server of a killed supervisor finishes what it has taken and ends; the next deployment has the same address', async (t) => {
  const { deploy, target, folder, logged } = await openServing(t, storeFeatureRelease);
  const { address } = await deploy('one');
  const load = startLoad(address, featureCase.row);
  await load.more(50);
  const { supervisor } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as {
    readonly supervisor: { readonly pid: number };
  };

  process.kill(supervisor.pid, 'SIGKILL');
  while ((await target.status(place)).running || load.failed.length === 0) await wait(20);
  const before: readonly Answered[] = [...load.answered];
  const again = await deploy('one');
  await load.more(50);
  await load.stop();
  await target.stop(place);

  assert.equal(again.address, address);
  assert.deepEqual(
    load.failed.filter(({ how }) => !cut.has(how) && how !== 'ECONNREFUSED'),
    [],
  );
  assert.ok(load.answered.every(({ prediction }) => prediction === featureCase.prediction));
  const ids = await logged();
  assert.deepEqual(
    before.filter(({ id }) => !ids.has(id)),
    [],
  );
  t.diagnostic(
    `${load.answered.length} answers; not answered: ${Object.entries(Object.groupBy(load.failed, ({ how }) => how))
      .map(([how, list]) => `${list?.length} ${how}`)
      .join(', ')}`,
  );
});

/** Rows that were there after each kill, as the servers that came after have told. */
async function toldOfKills({ folder }: ServingBench): Promise<readonly number[]> {
  const log = await readFile(join(folder, 'server.log'), 'utf8');
  return [...log.matchAll(/was killed: (\d+) rows are there, those of its last second may be missing/g)].map(([, rows]) => Number(rows));
}

test('requests on connections of their own wait while a killed model server is started again', async (t) => {
  const { deploy, killServer } = await openServing(t, storeFeatureRelease);
  const { address } = await deploy('one');

  await killServer();
  await wait(50);
  const load = startLoad(address, featureCase.row, { kept: 0, fresh: 4, pauseMs: 5 });
  await load.more(8);
  await load.stop();

  assert.deepEqual(load.failed, []);
});

/** Kills the server once it has answered a while, and waits until the next one answers. @returns when it was killed */
async function killServerOnce({ target, killServer, servedAgain }: ServingBench, load: Load): Promise<number> {
  await load.more(50);
  const { pid } = await target.status(place);
  const at = await killServer();
  await servedAgain(pid);
  await load.more(50);
  return at;
}
