import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ItemsRecord, RunRecord } from '@tidegate/formats';
import { defaultStep } from '../packages/core/src/config/index.ts';
import type { FanOutConfig, ItemValue, StepConfig } from '../packages/core/src/config/index.ts';
import type { StepNode } from '../packages/core/src/pipeline/index.ts';
import { makeTestProject, outcomes, type TestProject } from '../packages/core/src/pipeline/test-project.ts';
import { shellKind } from '../packages/core/src/pipeline/test-kinds.ts';
import { collectKind } from '../packages/core/src/commands/fan-out/collect-kind.ts';
import { fanOutNodes } from '../packages/core/src/commands/fan-out/fan-out-nodes.ts';
import { itemsOf } from '../packages/core/src/commands/fan-out/items.ts';

interface Shape {
  readonly run: string;
  readonly out: { readonly [output: string]: string };
  /** Output → folder of all items, and what the step has of its own. */
  readonly collected: { readonly [output: string]: string };
  readonly more?: Partial<FanOutConfig>;
}

/** The steps of a fan-out `f` over values, each a shell command. */
function nodesOver(values: readonly ItemValue[], { run, out, collected, more }: Shape): readonly StepNode[] {
  const fanOut: FanOutConfig = {
    over: { kind: 'each', items: values },
    out,
    atOnce: null,
    rate: null,
    allowFailures: { kind: 'count', value: 0 },
    best: null,
    ...more,
  };
  const step: StepConfig = { ...defaultStep, run: [run], out: { ...collected, items: 'items.json' }, for: fanOut };
  const nodeOf = (own: StepConfig): Omit<StepNode, 'name'> & { readonly name: StepNode['name'] } => ({
    name: 'steps.f' as StepNode['name'],
    kind: 'shell',
    inputs: [],
    outputs: Object.entries(own.out).map(([name, path]) => ({ name, path, publish: true })),
    settings: { run: own.run[0] ?? '' },
    variables: {},
    cpus: 1,
  });
  return fanOutNodes({ name: 'f', step, fanOut, items: itemsOf(fanOut.over, () => []), nodeOf });
}

const kinds = (ran: string[] = []) => [shellKind(ran), collectKind];

async function itemsIn({ parts }: TestProject, run: RunRecord): Promise<ItemsRecord> {
  const artifact = run.steps.find(({ step }) => step === 'steps.f')?.outputs['items'] ?? assert.fail('no record of items');
  return JSON.parse(Buffer.from(await parts.store.readBytes(artifact.digest)).toString()) as ItemsRecord;
}

test('what items make is collected as one folder and put into the tree, with a record of values, ends and outputs', async (t) => {
  const project = await makeTestProject(t, { kinds: kinds() });
  const shape = { run: 'echo "{item}" > "m/{item}.txt"', out: { m: 'm/{item}.txt' }, collected: { m: 'm' } };

  const run = await project.run(nodesOver(['a', 'b c', 3], shape));
  const record = await itemsIn(project, run);

  assert.equal(run.status, 'succeeded', JSON.stringify(run.steps.map(({ failure }) => failure)));
  const files = await project.parts.store.readTree(run.steps.at(-1)?.outputs['m']?.digest ?? assert.fail());
  assert.deepEqual(
    files.entries.map(({ path }) => path),
    ['3.txt', 'a.txt', 'b c.txt'],
  );
  assert.deepEqual(
    record.items.map(({ values, status, outputs }) => [values['item'], status, outputs['m']?.path]),
    [
      ['a', 'done', 'm/a.txt'],
      ['b c', 'done', 'm/b c.txt'],
      [3, 'done', 'm/3.txt'],
    ],
  );
});

test('one more value runs one item, and one less runs none; both collect again', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: kinds(ran) });
  const shape = { run: 'echo {item} > m/{item}', out: { m: 'm/{item}' }, collected: { m: 'm' } };
  await project.run(nodesOver(['a', 'b'], shape));
  ran.length = 0;

  const more = await project.run(nodesOver(['a', 'b', 'c'], shape));
  const less = await project.run(nodesOver(['b', 'c'], shape));

  assert.deepEqual(ran, ['steps.f@c']);
  assert.deepEqual(outcomes(more), ['steps.f@a: hit', 'steps.f@b: hit', 'steps.f@c: done', 'steps.f: done']);
  assert.deepEqual(outcomes(less), ['steps.f@b: hit', 'steps.f@c: hit', 'steps.f: done']);
});

test('failed items within what is allowed are in the record and in no folder', async (t) => {
  const project = await makeTestProject(t, { kinds: kinds() });
  const allowFailures = { kind: 'share', value: 0.4 } as const;
  const shape = {
    run: 'test {item} != b && echo {item} > m/{item}',
    out: { m: 'm/{item}' },
    collected: { m: 'm' },
    more: { allowFailures },
  };

  const run = await project.run(nodesOver(['a', 'b', 'c'], shape));

  assert.equal(run.status, 'succeeded');
  assert.deepEqual(
    (await itemsIn(project, run)).items.map(({ item, status }) => `${item} ${status}`),
    ['a done', 'b failed', 'c done'],
  );
  assert.equal(run.steps.at(-1)?.outputs['m']?.files, 2);
  assert.deepEqual(run.steps.at(-1)?.facts, { items: 3, failed: 1 });
});

const search = (
  direction: 'max' | 'min',
  run = 'echo "{\\"test\\":{\\"auc\\":0.{item}}}" > r/{item}.json; echo model {item} > m/{item}',
) => ({
  run,
  out: { m: 'm/{item}', r: 'r/{item}.json' },
  collected: { m: 'm', r: 'r', 'best-m': 'best/m', 'best-r': 'best/r.json' },
  more: { best: { output: 'r', member: 'test.auc', direction } },
});

for (const [direction, best] of [
  ['max', '7'],
  ['min', '3'],
] as const)
  test(`the outputs of the best item are outputs of the step, and the record names it: ${direction}`, async (t) => {
    const project = await makeTestProject(t, { kinds: kinds() });

    const run = await project.run(nodesOver([5, 7, 3], search(direction)));
    const bytes = await project.parts.store.readBytes(run.steps.at(-1)?.outputs['best-m']?.digest ?? assert.fail());

    assert.equal(Buffer.from(bytes).toString(), `model ${best}\n`);
    assert.deepEqual((await itemsIn(project, run)).best, { item: best, metric: 'test.auc', value: Number(`0.${best}`) });
  });

for (const [text, found] of [
  ['{}', 'has no "test.auc"'],
  ['{"test":{"auc":"high"}}', 'has no number as "test.auc"'],
  ['nothing', 'is no JSON'],
] as const)
  test(`an item without the metric is told by name (TG-COMMANDS-METRIC): ${text}`, async (t) => {
    const project = await makeTestProject(t, { kinds: kinds() });

    const run = await project.run(nodesOver([1], search('max', `echo '${text}' > r/{item}.json; echo > m/{item}`)));

    assert.equal(run.steps.at(-1)?.failure?.message, `Cannot find the best item of "steps.f": "r/1.json" of "1" ${found}`);
  });
