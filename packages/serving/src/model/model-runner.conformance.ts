import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Signature } from '@tidegate/formats';
import { bindInputs } from './bind-inputs.ts';
import { keepConnected, type KeepOptions, type ModelConnection } from './model-connection.ts';
import type { ModelRunner } from './model-runner.ts';
import { readPredictions } from './read-predictions.ts';
import type { Feed, Value } from './tensor.ts';

/** The values of one row by column. */
export type ConformanceRow = { readonly [column: string]: Value };

/** What the suite needs of a way to run models; each test opens anew. */
export interface ModelRunnerHarness {
  /** Loads the model in a thread or process of its own. */
  readonly open: () => Promise<ModelConnection>;
  /** Loads something that is no model. */
  readonly openBroken: () => Promise<ModelConnection>;
  readonly signature: Signature;
  /** Some rows, and what the model says of each: {@link readPredictions}. */
  readonly cases: readonly { readonly row: ConformanceRow; readonly prediction: number }[];
  /** How far a prediction may be from that. Default 0. */
  readonly within?: number;
  /** A row that the model refuses; null when it takes whatever has the right type. */
  readonly refused: ConformanceRow | null;
  /** A row that ends its process; null when no row can. */
  readonly deadly: ConformanceRow | null;
  /** A row that is never answered; null when there is none. */
  readonly endless: ConformanceRow | null;
}

/** A limit that only what hangs reaches. */
const hangMs = 120_000;

/** The suite that every way to run a model passes. */
export function modelRunnerConformance(name: string, harness: ModelRunnerHarness): void {
  const check = (what: string, body: (bench: Bench) => Promise<void>): void =>
    void test(`${name}: ${what}`, { timeout: hangMs }, async (t) => body(openBench(t, harness)));
  const { cases, refused, deadly, endless } = harness;
  const [first] = cases;
  assert.ok(first);

  check('rows are answered in their order, however they are cut into feeds and runs', async ({ start }) => {
    const { runner, predict } = await start();
    const rows = cases.map(({ row }) => row);

    const atOnce = await predict([rows]);
    const inFeeds = await predict(rows.map((row) => [row]));
    const inRuns: number[] = [];
    for (const row of rows) inRuns.push(...(await predict([[row]])).flat());
    const backwards = await predict([rows.toReversed()]);

    const expected = cases.map(({ prediction }) => prediction);
    for (const found of [atOnce.flat(), inFeeds.flat(), inRuns, backwards.flat().toReversed()])
      assertNear(found, expected, harness.within ?? 0);
    assert.deepEqual(
      inFeeds.map(({ length }) => length),
      rows.map(() => 1),
    );
    assert.ok((await runner.run([feedOf(runner, harness, rows)])).times.inferenceMs >= 0);
  });

  check('no feed and a feed without rows are answered with nothing', async ({ start }) => {
    const { runner, predict } = await start();

    assert.deepEqual((await runner.run([])).answers, []);
    assert.deepEqual(
      (await runner.run([feedOf(runner, harness, [])])).answers.map(({ rows }) => rows),
      [0],
    );
    const among = await predict([[], [first.row], []]);
    assert.deepEqual(
      among.map(({ length }) => length),
      [0, 1, 0],
    );
  });

  check('what is no model is refused with a code', async () => {
    await assert.rejects(harness.openBroken(), /^TidegateError: TG-SERVING-MODEL: /);
  });

  if (refused !== null)
    check('a row that the model refuses fails its run alone', async ({ start }) => {
      const { predict, restarts } = await start();

      await assert.rejects(predict([[first.row], [refused]]), /^TidegateError: TG-SERVING-PREDICTION: /);

      assertNear((await predict([[first.row]])).flat(), [first.prediction], harness.within ?? 0);
      assert.equal(restarts(), 0);
    });

  check('when its thread or process ends it is started again, and the next run is answered', async ({ start, connections }) => {
    const { predict, restarts } = await start();

    await connections.at(-1)?.close(); // beneath the runner, as an end of its own accord
    const after = await predict([[first.row]]);

    assertNear(after.flat(), [first.prediction], harness.within ?? 0);
    assert.deepEqual([restarts(), connections.length], [1, 2]);
  });

  if (deadly !== null)
    check('a row that ends its process fails its run, and the next one is answered', async ({ start }) => {
      const { predict, restarts } = await start();

      await assert.rejects(predict([[deadly]]), /^TidegateError: TG-SERVING-MODEL-DOWN: /);

      assertNear((await predict([[first.row]])).flat(), [first.prediction], harness.within ?? 0);
      assert.equal(restarts(), 1);
    });

  if (endless !== null)
    check('a run that takes longer than it may is cut off, and the next one is answered', async ({ start }) => {
      const { predict } = await start({ runLimitMs: 1_000 });

      await assert.rejects(predict([[endless]]), /^TidegateError: TG-SERVING-MODEL-DOWN: /);

      assertNear((await predict([[first.row]])).flat(), [first.prediction], harness.within ?? 0);
    });

  check('closing cuts off what runs, ends the thread or process, and can be done twice', async ({ start, connections }) => {
    const { runner, predict, restarts } = await start();
    const row = endless ?? cases[0]?.row ?? {};
    const running = predict([[row]]).catch((error: unknown) => error);
    if (endless !== null) await wait(100); // in the midst of it by then; wherever it is, it must end

    await runner.close();
    await runner.close();

    await connections.at(-1)?.ended;
    if (endless !== null) assert.match(String(await running), /TG-SERVING-MODEL-DOWN/);
    await running;
    await assert.rejects(predict([[row]]), /^TidegateError: TG-SERVING-MODEL-DOWN: /);
    assert.deepEqual([restarts(), connections.length], [0, 1]);
  });
}

function assertNear(found: readonly number[], expected: readonly number[], within: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) => {
    const other = expected[index] ?? Number.NaN;
    assert.ok(Object.is(value, other) || Math.abs(value - other) <= within, `row ${index}: ${value} is not ${other}`);
  });
}

interface Started {
  readonly runner: ModelRunner;
  /** The predictions of each feed. */
  readonly predict: (feeds: readonly (readonly ConformanceRow[])[]) => Promise<readonly (readonly number[])[]>;
  readonly restarts: () => number;
}

interface Bench {
  readonly harness: ModelRunnerHarness;
  /** Every connection that was opened, the newest last. */
  readonly connections: readonly ModelConnection[];
  readonly start: (options?: Partial<KeepOptions>) => Promise<Started>;
}

/** Everything that a test starts is closed after it. */
function openBench(t: TestContext, harness: ModelRunnerHarness): Bench {
  const connections: ModelConnection[] = [];
  const open = async (): Promise<ModelConnection> => {
    const connection = await harness.open();
    connections.push(connection);
    return connection;
  };
  const start: Bench['start'] = async (options = {}) => {
    let restarts = 0;
    const runner = await keepConnected(open, { onRestart: () => restarts++, runLimitMs: null, restartPauseMs: 1, ...options });
    t.after(() => runner.close());
    const predict: Started['predict'] = async (feeds) => {
      const { answers } = await runner.run(feeds.map((rows) => feedOf(runner, harness, rows)));
      return answers.map((answer) => (answer.rows === 0 ? [] : readPredictions(harness.signature, answer).values));
    };
    return { runner, predict, restarts: () => restarts };
  };
  return { harness, connections, start };
}

function feedOf(runner: ModelRunner, { signature }: ModelRunnerHarness, rows: readonly ConformanceRow[]): Feed {
  const cells = signature.inputs.map(({ name }) => rows.map((row) => row[name] ?? null));
  return bindInputs(signature.inputs, runner.inputs).feed(cells, rows.length);
}
