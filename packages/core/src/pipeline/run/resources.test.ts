import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findGpus, systemPlatform } from '../../platform/index.ts';
import type { StepKind } from '../step-kind.ts';
import type { StepResources } from '../step-scheduling.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

interface Seen {
  most: number;
  readonly gpus: string[];
}

/** Notes how many run at once and which GPUs each has. */
function watching(seen: Seen): StepKind {
  let now = 0;
  return {
    kind: 'join',
    version: 1,
    run: async ({ node, store, begin }) => {
      seen.most = Math.max(seen.most, ++now);
      seen.gpus.push(...((await begin?.()) ?? []));
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return { outputs: { out: { kind: 'file', ...(await store.putBytes(node.name)), files: 1 } }, evidence: [], facts: {} };
    },
  };
}

const four = (resources: StepResources) => ['a', 'b', 'c', 'd'].map((name) => step(name, { more: { resources } }));
const withGpus = (gpus: string) => ({ ...systemPlatform, variables: { TIDEGATE_GPUS: gpus } });

test('steps that take of a pool run only as many at once as it has room for', async (t) => {
  const seen: Seen = { most: 0, gpus: [] };
  const project = await makeTestProject(t, { kinds: [watching(seen)], pools: { licence: 2 } });

  const run = await project.run(four({ pools: { licence: 1 } }), { cpus: 4 });

  assert.equal(run.status, 'succeeded');
  assert.equal(seen.most, 2);
});

test('a step whose work is done lets the next one begin while it stores what it made', { timeout: 30_000 }, async (t) => {
  const begun = new Set<string>();
  const both = Promise.withResolvers<void>();
  const kind: StepKind = {
    kind: 'join',
    version: 1,
    run: async ({ node, store, workIsDone }) => {
      if (begun.add(node.name).size === 2) both.resolve();
      workIsDone?.();
      workIsDone?.();
      await both.promise;
      return { outputs: { out: { kind: 'file', ...(await store.putBytes(node.name)), files: 1 } }, evidence: [], facts: {} };
    },
  };
  const project = await makeTestProject(t, { kinds: [kind] });

  const run = await project.run([step('a'), step('b'), step('c')], { cpus: 1 });

  assert.equal(run.status, 'succeeded');
});

test('each step has GPUs of its own, by name', async (t) => {
  const seen: Seen = { most: 0, gpus: [] };
  const project = await makeTestProject(t, { kinds: [watching(seen)], platform: withGpus('3,5') });

  await project.run(four({ gpus: 1 }), { cpus: 4 });

  assert.deepEqual([...new Set(seen.gpus)].toSorted(), ['3', '5']);
  assert.equal(seen.gpus.length, 4);
  assert.equal(seen.most, 2);
});

for (const [resources, message] of [
  [{ gpus: 2 }, /TG-PIPELINE-RESOURCES: Cannot run the steps: "steps.a" asks for 2 GPUs, and there is 1/],
  [{ memoryBytes: 1e15 }, /TG-PIPELINE-RESOURCES: Cannot run the steps: "steps.a" asks for 1000000.0 GB of memory, and there are \d/],
  [{ pools: { licence: 2 } }, /TG-PIPELINE-RESOURCES: Cannot run the steps: "steps.a" asks for 2 of the pool "licence", and there is 1/],
] as const)
  test(`a step that asks for more than there is is refused before anything runs: ${JSON.stringify(resources)}`, async (t) => {
    const project = await makeTestProject(t, { kinds: [watching({ most: 0, gpus: [] })], platform: withGpus('1'), pools: { licence: 1 } });
    const steps = [step('a', { more: { resources } }), step('b')];

    await assert.rejects(project.run(steps), message);
    await assert.rejects(project.plan(steps), message);
    assert.deepEqual(project.engine.runs.list(), []);
  });

test('a machine without a GPU takes the result of one that has it, and fails only when the step must run', async (t) => {
  const steps = [step('a', { in: ['a.txt'], more: { resources: { gpus: 1 } } })];
  const rich = await makeTestProject(t, { kinds: [watching({ most: 0, gpus: [] })], platform: withGpus('1') });
  rich.write('a.txt', 'one');
  await rich.run(steps);
  const poor = await makeTestProject(t, { kinds: [watching({ most: 0, gpus: [] })], platform: withGpus('0'), folder: `${rich.root}/..` });

  assert.deepEqual(outcomes(await poor.run(steps)), ['steps.a: hit']);
  poor.write('a.txt', 'two');
  const run = await poor.run(steps);

  assert.equal(run.steps[0]?.failure?.code, 'TG-PIPELINE-RESOURCES');
});

test('GPUs are those of TIDEGATE_GPUS, a count or names, else of CUDA_VISIBLE_DEVICES up to the first that is none', async () => {
  assert.deepEqual(await findGpus({ TIDEGATE_GPUS: '2', CUDA_VISIBLE_DEVICES: '7' }), ['0', '1']);
  assert.deepEqual(await findGpus({ TIDEGATE_GPUS: '0' }), []);
  assert.deepEqual(await findGpus({ TIDEGATE_GPUS: '0,GPU-3af' }), ['0', 'GPU-3af']);
  assert.deepEqual(await findGpus({ CUDA_VISIBLE_DEVICES: '4, 2,-1,3' }), ['4', '2']);
  assert.deepEqual(await findGpus({ CUDA_VISIBLE_DEVICES: '' }), []);
  assert.deepEqual(await findGpus({ PATH: '/nonexistent' }), []);
});
