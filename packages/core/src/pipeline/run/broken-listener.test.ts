import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { StepKind } from '../step-kind.ts';
import { buildGraph } from '../graph/graph.ts';
import { schedule } from './schedule.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step } from '../test-project.ts';

test('a listener that breaks ends the run with its own mistake, once every step under way has come to an end', async (t) => {
  const ended: string[] = [];
  const begun = Promise.withResolvers<void>();
  const quick = joinKind([], async () => {
    await begun.promise;
    return {};
  });
  const patient: StepKind = {
    kind: 'patient',
    version: 1,
    run: async ({ signal, node }) => {
      begun.resolve();
      if (!signal.aborted) await once(signal, 'abort');
      ended.push(node.name);
      signal.throwIfAborted();
      throw new Error('it is always aborted');
    },
  };
  const project = await makeTestProject(t, { kinds: [quick, patient] });
  const told: string[] = [];

  const run = project.run([step('a'), step('b', { kind: 'patient' })], {
    emit: (event) => {
      told.push(event.kind);
      if (event.kind === 'step-finished') throw new TypeError('the listener is broken');
    },
  });

  await assert.rejects(run, new TypeError('the listener is broken'));
  assert.deepEqual(ended, ['steps.b']);
  assert.equal(told.filter((kind) => kind === 'step-finished').length, 1);
  assert.deepEqual(
    project.engine.runs.list().map(({ status }) => status),
    ['crashed'],
  );
});

test('a visit that breaks is told when the others have come to an end', async () => {
  let isOver = false;
  const nodes = ['a', 'b', 'c'].map((name) => step(name));
  const visit = async (name: string): Promise<never> => {
    if (name === 'steps.a') throw new Error('first');
    await new Promise((resolve) => setImmediate(resolve));
    isOver = true;
    throw new Error('second');
  };

  await assert.rejects(schedule({ graph: buildGraph(nodes), capacity: { cpus: 2 }, visit }), /first/);

  assert.ok(isOver);
});
