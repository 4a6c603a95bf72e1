import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepName, StepRecord } from '@tidegate/formats';
import fc from 'fast-check';
import { buildGraph } from '../graph/graph.ts';
import { schedule, type Settled } from './schedule.ts';
import { unfinished } from './step-record.ts';
import { step } from '../test-project.ts';

const doneRecord = (name: StepName): StepRecord => unfinished({ ...step('x'), name }, 'done', { startedAfterMs: 0, durationMs: 0 });
const done = (name: StepName): Settled => ({ kind: 'record', record: doneRecord(name) });
const turn = (turns: number): Promise<void> =>
  turns <= 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve)).then(() => turn(turns - 1));

const graphs = fc.array(
  fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), turns: fc.nat({ max: 4 }), cpus: fc.integer({ min: 0, max: 5 }) }),
  {
    minLength: 1,
    maxLength: 15,
  },
);

test('every step is visited once, after all that it needs, and never on more cores than there are', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (shape, capacity) => {
      const steps = shape.map(({ needs, cpus }, index) =>
        step(`s${index}`, { in: needs.flatMap((need) => (index === 0 ? [] : [`steps.s${need % index}/out`])), cpus }),
      );
      const graph = buildGraph(steps);
      const visited: StepName[] = [];
      const finished = new Set<StepName>();
      let busy = 0;
      const settled = await schedule({
        graph,
        capacity: { cpus: capacity },
        visit: (name, slot) => {
          visited.push(name);
          for (const need of graph.needs.get(name) ?? []) assert.ok(finished.has(need));
          const { turns, cpus } = shape[Number(name.slice('steps.s'.length))] ?? assert.fail();
          const taken = Math.min(Math.max(cpus, 1), capacity);
          return slot(async () => {
            busy += taken;
            assert.ok(busy <= capacity);
            await turn(turns);
            busy -= taken;
            finished.add(name);
            return done(name);
          });
        },
      });

      assert.deepEqual(visited.toSorted(), graph.order.toSorted());
      assert.deepEqual([...settled.keys()].toSorted(), graph.order.toSorted());
    }),
    { numRuns: 100 },
  );
});

test('steps that need nothing of each other run at the same time', async () => {
  let busy = 0;
  let most = 0;
  await schedule({
    graph: buildGraph([step('a'), step('b'), step('c')]),
    capacity: { cpus: 2 },
    visit: (name, slot) =>
      slot(async () => {
        most = Math.max(most, ++busy);
        await turn(3);
        busy--;
        return done(name);
      }),
  });

  assert.equal(most, 2);
});

test('later steps that fit pass one that wants more cores than are free, but eight times at most, so that it gets them', async () => {
  const started: StepName[] = [];
  const later = Array.from({ length: 20 }, (_, index) => step(`c${index + 10}`));
  await schedule({
    graph: buildGraph([step('a'), step('b', { cpus: 2 }), ...later]),
    capacity: { cpus: 2 },
    visit: (name, slot) =>
      slot(async () => {
        started.push(name);
        await turn(name === 'steps.a' ? 50 : 2); // the cores never become free at once by themselves
        return done(name);
      }),
  });

  assert.equal(started.indexOf('steps.b' as StepName), 9);
});

test('a step that finds results gone waits until they are made again, and others do not run twice', async () => {
  const graph = buildGraph([step('a'), step('b', { in: ['steps.a/out'] }), step('c', { in: ['steps.a/out', 'steps.b/out'] })]);
  const visits: StepName[] = [];
  const again = (after: StepName): Settled => ({ kind: 'again', after: [after] });

  await schedule({
    graph,
    capacity: { cpus: 2 },
    visit: async (name) => {
      visits.push(name);
      const isFirst = visits.filter((other) => other === name).length === 1;
      return name === 'steps.c' && isFirst ? again(graph.order[0] ?? name) : done(name);
    },
  });

  assert.deepEqual(visits, ['steps.a', 'steps.b', 'steps.c', 'steps.a', 'steps.c']);
});
