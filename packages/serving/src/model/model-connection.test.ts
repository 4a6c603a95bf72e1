import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepConnected, type ModelConnection, modelDown } from './model-connection.ts';

const row = { rows: 1, values: [] };
const result = { answers: [], times: { inferenceMs: 1 } };

test('a model that ended is started again; later runs wait for it', async () => {
  const started: Scripted[] = [];
  let restarts = 0;
  const runner = await keepConnected(async () => next(started), { onRestart: () => restarts++, runLimitMs: null, restartPauseMs: 5 });

  started[0]?.end();
  await new Promise(setImmediate);
  const answer = await runner.run([row]);

  assert.deepEqual([answer, started.length, restarts], [result, 2, 1]);
  await runner.close();
});

test('a run that takes longer than allowed ends the model and fails with TG-SERVING-MODEL-DOWN', async () => {
  const started: Scripted[] = [];
  const runner = await keepConnected(async () => next(started, { hangs: true }), {
    onRestart: () => {},
    runLimitMs: 20,
    restartPauseMs: 5,
  });

  await assert.rejects(runner.run([row]), /TG-SERVING-MODEL-DOWN/);

  await runner.close();
});

test('a model that cannot be started again fails the run with the reason, and is tried once more after', async () => {
  const started: Scripted[] = [];
  let broken = false;
  const open = async (): Promise<ModelConnection> => {
    if (broken) throw new Error('no memory');
    return next(started);
  };
  const runner = await keepConnected(open, { onRestart: () => {}, runLimitMs: null, restartPauseMs: 5 });

  broken = true;
  started[0]?.end();
  await new Promise(setImmediate);
  await assert.rejects(runner.run([row]), /TG-SERVING-MODEL-DOWN: .*could not be started again: Error: no memory/);
  broken = false;

  assert.deepEqual(await runner.run([row]), result);
  await runner.close();
});

test('a model that cannot be started the first time is no runner', async () => {
  await assert.rejects(
    keepConnected(() => Promise.reject(new Error('no file')), { onRestart: () => {}, runLimitMs: null, restartPauseMs: 5 }),
    /no file/,
  );
});

interface Scripted {
  readonly end: () => void;
}

/** A connection that a test ends by hand; one that hangs answers nothing until it is closed. */
function next(started: Scripted[], { hangs = false }: { readonly hangs?: boolean } = {}): ModelConnection {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  started.push({ end });
  const run: ModelConnection['run'] = async () => {
    if (!hangs) return result;
    await ended;
    throw modelDown('it was ended');
  };
  return { inputs: [], outputs: [], classes: null, ended, run, close: async () => end() };
}
