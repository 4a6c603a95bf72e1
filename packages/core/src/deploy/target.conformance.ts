import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { defaultLog } from '../config/index.ts';
import type { Digest, TidegateError } from '@tidegate/formats';
import { type DeploymentPlace, type DeployRequest, digestOfSettings, type ReleaseSettings, type Target } from './target.ts';

export interface ConformanceRelease {
  readonly digest: Digest;
  readonly folder: string;
}

/** What the suite needs of a target; each test gets a fresh one. */
export interface TargetHarness {
  /** A target as another process would have it: over the same state, knowing nothing of what was called before. */
  readonly target: () => Target;
  /** A release that answers every request with `answer`; a broken one writes "the model is broken" and never becomes ready. */
  readonly release: (answer: string, options?: { readonly broken?: true }) => Promise<ConformanceRelease>;
  /** Sends a request. @throws Error when it fails */
  readonly ask: (address: string) => Promise<string>;
  /** Ends the process that serves as `kill -9` does. */
  readonly killServer: (place: DeploymentPlace) => Promise<void>;
  /** Ends what keeps it running as `kill -9` does. */
  readonly killSupervisor: (place: DeploymentPlace) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const place: DeploymentPlace = { project: 'shop', environment: 'staging', service: 'prices' };

const noSettings: ReleaseSettings = { variables: {}, online: null, python: null, log: defaultLog, trusted: null };

function requestOf({ digest, folder }: ConformanceRelease, more: Partial<DeployRequest> = {}): DeployRequest {
  return {
    place,
    release: digest,
    folder,
    port: 0,
    settings: noSettings,
    signal: new AbortController().signal,
    emit: () => {},
    ...more,
  };
}

/** The suite that every target passes. */
export function targetConformance(name: string, open: () => Promise<TargetHarness>): void {
  const check = (what: string, body: (harness: TargetHarness) => Promise<void>): void =>
    void test(`${name}: ${what}`, async () => {
      await using harness = await open();
      await body(harness);
    });

  check('a deployed release answers, and another process finds it', async (harness) => {
    const release = await harness.release('one');

    const { address } = await harness.target().deploy(requestOf(release));

    assert.equal(await harness.ask(address), 'one');
    const status = await harness.target().status(place);
    assert.deepEqual(
      { ...status, pid: null, startedAt: null },
      { running: true, release: release.digest, settings: digestOfSettings(noSettings), address, pid: null, startedAt: null, restarts: 0 },
    );
    assert.ok(status.startedAt !== null && !Number.isNaN(Date.parse(status.startedAt)));
  });

  check('what was never deployed does not run, and stopping it is no error', async (harness) => {
    await harness.target().stop(place);

    assert.deepEqual(await harness.target().status(place), {
      running: false,
      release: null,
      settings: null,
      address: null,
      pid: null,
      startedAt: null,
      restarts: 0,
    });
  });

  check('a release that does not become ready leaves the live one alone, and the error has its output', async (harness) => {
    const { address } = await harness.target().deploy(requestOf(await harness.release('one')));
    const before = await harness.target().status(place);

    await assert.rejects(harness.target().deploy(requestOf(await harness.release('two', { broken: true }))), (error: TidegateError) => {
      assert.equal(error.diagnostics[0].code, 'TG-DEPLOY-NOT-READY');
      assert.match(error.diagnostics[0].message, /the model is broken/);
      return true;
    });

    assert.equal(await harness.ask(address), 'one');
    assert.deepEqual(await harness.target().status(place), before);
  });

  check('a first release that does not become ready leaves nothing running', async (harness) => {
    await assert.rejects(harness.target().deploy(requestOf(await harness.release('one', { broken: true }))));

    assert.equal((await harness.target().status(place)).running, false);
  });

  check('a switch under constant load fails no request and keeps the address', async (harness) => {
    const { address } = await harness.target().deploy(requestOf(await harness.release('one')));
    const next = await harness.release('two');
    await using load = startLoad(() => harness.ask(address));

    const switched = await harness.target().deploy(requestOf(next));

    assert.equal(switched.address, address);
    assert.equal(await harness.ask(address), 'two');
    await wait(50); // some more requests after the switch
    const answers = await load.end();
    assert.deepEqual(new Set(answers), new Set(['one', 'two']));
    assert.equal(answers.at(-1), 'two');
    assert.equal((await harness.target().status(place)).release, next.digest);
  });

  check('deploying what is live already does nothing', async (harness) => {
    const release = await harness.release('one');
    await harness.target().deploy(requestOf(release));
    const before = await harness.target().status(place);

    const { address, switchMs } = await harness.target().deploy(requestOf(release));

    assert.equal(switchMs, 0);
    assert.equal(address, before.address);
    assert.deepEqual(await harness.target().status(place), before);
  });

  check('the same release with other variables is another deployment', async (harness) => {
    const release = await harness.release('one');
    await harness.target().deploy(requestOf(release));
    const before = await harness.target().status(place);

    const settings = { ...noSettings, variables: { LIMIT: '2' } };
    const { address } = await harness.target().deploy(requestOf(release, { settings }));

    assert.equal(await harness.ask(address), 'one');
    const status = await harness.target().status(place);
    assert.notEqual(status.pid, before.pid);
    assert.deepEqual([before.settings, status.settings], [digestOfSettings(noSettings), digestOfSettings(settings)]);
  });

  check('what is stopped does not answer, and its address is kept for the next deployment', async (harness) => {
    const release = await harness.release('one');
    const { address } = await harness.target().deploy(requestOf(release));

    await harness.target().stop(place);

    await assert.rejects(harness.ask(address));
    assert.deepEqual(await harness.target().status(place), {
      running: false,
      release: null,
      settings: null,
      address,
      pid: null,
      startedAt: null,
      restarts: 0,
    });
    assert.equal((await harness.target().deploy(requestOf(release))).address, address);
    assert.equal(await harness.ask(address), 'one');
  });

  check('a server that is killed is started again and counted', async (harness) => {
    const { address } = await harness.target().deploy(requestOf(await harness.release('one')));
    const before = await harness.target().status(place);

    await harness.killServer(place);
    const answer = await harness.ask(address); // waits in the backlog while nothing serves

    assert.equal(answer, 'one');
    await eventually(async () => {
      const status = await harness.target().status(place);
      assert.equal(status.restarts, 1);
      assert.ok(status.running);
      assert.notEqual(status.pid, before.pid);
    });
  });

  check('after a killed supervisor nothing runs, and the next deployment has the same address', async (harness) => {
    const { address } = await harness.target().deploy(requestOf(await harness.release('one')));

    await harness.killSupervisor(place);

    assert.equal((await harness.target().status(place)).running, false);
    const again = await harness.target().deploy(requestOf(await harness.release('two')));
    assert.equal(again.address, address);
    assert.equal(await harness.ask(address), 'two');
  });

  check('places do not meet: another environment has its own address and release', async (harness) => {
    const production = { ...place, environment: 'production' };
    const [one, two] = [await harness.release('one'), await harness.release('two')];

    const deployed = await Promise.all([
      harness.target().deploy(requestOf(one)),
      harness.target().deploy(requestOf(two, { place: production })),
    ]);

    assert.deepEqual(await Promise.all(deployed.map(({ address }) => harness.ask(address))), ['one', 'two']);
    await harness.target().stop(place);
    assert.equal((await harness.target().status(production)).running, true);
  });

  check('a deployment that is called off before the switch changes nothing', async (harness) => {
    const { address } = await harness.target().deploy(requestOf(await harness.release('one')));

    await assert.rejects(
      harness.target().deploy(requestOf(await harness.release('two'), { signal: AbortSignal.abort(new Error('called off')) })),
      /called off/,
    );

    assert.equal(await harness.ask(address), 'one');
  });
}

interface Load {
  /** @returns every answer in the order it came. @throws Error when a request failed, or there were too few to mean anything */
  readonly end: () => Promise<readonly string[]>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Four callers that ask one request after another. */
function startLoad(ask: () => Promise<string>): Load {
  const answers: string[] = [];
  const failures: unknown[] = [];
  let over = false;
  const caller = async (): Promise<void> => {
    while (!over) {
      try {
        answers.push(await ask());
      } catch (error) {
        failures.push(error);
      }
      await wait(1);
    }
  };
  const callers = Promise.all([caller(), caller(), caller(), caller()]);
  const end = async (): Promise<readonly string[]> => {
    over = true;
    await callers;
    assert.deepEqual(failures, []);
    assert.ok(answers.length > 20, `only ${answers.length} requests`);
    return answers;
  };
  return { end, [Symbol.asyncDispose]: async () => ((over = true), void (await callers)) };
}

async function eventually(statement: () => Promise<void>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return await statement();
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(20);
    }
  }
}
