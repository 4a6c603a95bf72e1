import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Event, failure } from '@tidegate/formats';
import fc from 'fast-check';
import { folderRemote } from '../store/index.ts';
import { pushResults } from './cache/push-results.ts';
import type { StepKind, StepNode } from './step-kind.ts';
import { makeTestProject, step, type TestProject } from './test-project.ts';

/** A step that reads files and earlier steps, and whose output has of each of them only whether it is long: changes may come to nothing. */
interface RandomStep {
  readonly id: number;
  readonly files: readonly number[];
  readonly needs: readonly number[];
  readonly variable: string | null;
  readonly path: string;
  readonly fails: boolean;
  readonly volatile: boolean;
}

interface World {
  readonly files: readonly string[];
  readonly steps: readonly RandomStep[];
}

type Edit = { readonly at: number } & (
  | { readonly kind: 'file'; readonly content: string }
  | { readonly kind: 'variable'; readonly value: string | null }
  | { readonly kind: 'add' | 'rewire'; readonly files: readonly number[]; readonly needs: readonly number[] }
  | { readonly kind: 'remove' | 'rename-output' | 'fail' | 'volatile' | 'touch' | 'revert' | 'nothing' }
);

/** One round: an edit, then a run on one of two machines that share a remote, on so many cores, cancelled after so many steps. */
interface Round {
  readonly edit: Edit;
  readonly machine: number;
  readonly cpus: number;
  readonly cancelAfter: number | null;
}

const word = fc.constantFrom('', 'a', 'long text', 'another long text');
const wires = { files: fc.uniqueArray(fc.nat({ max: 2 }), { maxLength: 2 }), needs: fc.array(fc.nat(), { maxLength: 2 }) };
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), at: fc.nat({ max: 2 }), content: word }),
  fc.record({ kind: fc.constant('variable' as const), at: fc.nat(), value: fc.option(word) }),
  fc.record({ kind: fc.constantFrom('add' as const, 'rewire' as const), at: fc.nat(), ...wires }),
  fc.record({
    kind: fc.constantFrom(...(['remove', 'rename-output', 'fail', 'volatile', 'touch', 'revert', 'nothing'] as const)),
    at: fc.nat(),
  }),
);
const rounds = fc.array(
  fc.record<Round>({
    edit: edits,
    machine: fc.nat({ max: 1 }),
    cpus: fc.integer({ min: 1, max: 4 }),
    cancelAfter: fc.option(fc.nat({ max: 3 }), { freq: 3 }),
  }),
  { minLength: 4, maxLength: 10 },
);

const outputOf = (id: number, variable: string | null, read: readonly string[]): string =>
  `${id}:${[variable ?? '-', ...read].map((text) => (text.length > 6 ? 'L' : 's')).join('')}`;

const kind: StepKind = {
  kind: 'measure',
  version: 1,
  run: async ({ node, inputs, store }) => {
    if (node.settings['fails'] === true) throw failure('TG-COMMANDS-FAILED', 'the step fails', null);
    const read = await Promise.all(
      inputs.map(async ({ source, artifact }) =>
        source === null ? Buffer.from(await store.readBytes(artifact.digest)).toString() : readFileSync(source, 'utf8'),
      ),
    );
    const object = await store.putBytes(outputOf(Number(node.settings['id']), node.variables['V'] ?? null, read.toSorted()));
    return { outputs: { out: { kind: 'file', ...object, files: 1 } }, evidence: [], facts: {} };
  },
};

/** What must come of each step when everything is built anew, and the key that its result would be kept under. */
type Built = ReadonlyMap<number, { readonly output: string; readonly key: string } | 'fails' | 'blocked'>;

function buildAnew({ files, steps }: World): Built {
  const built = new Map<number, { output: string; key: string } | 'fails' | 'blocked'>();
  for (const { id, files: read, needs, variable, path, fails } of steps) {
    const needed = needs.map((need) => built.get(need));
    const outputs = needed.flatMap((one) => (typeof one === 'object' ? [one.output] : []));
    if (outputs.length < needed.length) built.set(id, 'blocked');
    else if (fails) built.set(id, 'fails');
    else {
      const output = outputOf(id, variable, [...read.map((file) => files[file] ?? ''), ...outputs].toSorted());
      const key = JSON.stringify([
        id,
        read.map((file) => `${file} ${files[file]}`).toSorted(),
        needs.map((need, i) => `${need} ${outputs[i]}`).toSorted(),
        variable,
        path,
      ]);
      built.set(id, { output, key });
    }
  }
  return built;
}

function edited(world: World, edit: Edit, history: readonly World[]): World {
  const { files, steps } = world;
  const at = steps.length === 0 ? 0 : edit.at % steps.length;
  const change = (more: (one: RandomStep) => Partial<RandomStep>): World => ({
    files,
    steps: steps.map((one, index) => (index === at ? { ...one, ...more(one) } : one)),
  });
  const before = (index: number, needs: readonly number[]): readonly number[] => [
    ...new Set(index === 0 ? [] : needs.flatMap((need) => steps[need % index]?.id ?? [])),
  ];
  switch (edit.kind) {
    case 'file':
      return { steps, files: files.map((content, index) => (index === edit.at ? edit.content : content)) };
    case 'variable':
      return change(() => ({ variable: edit.value }));
    case 'add': {
      const id = history.length;
      const added = {
        id,
        files: edit.files,
        needs: before(steps.length, edit.needs),
        variable: null,
        path: `made/${id}.txt`,
        fails: false,
        volatile: false,
      };
      return { files, steps: [...steps, added] };
    }
    case 'rewire':
      return change(() => ({ files: edit.files, needs: before(at, edit.needs) }));
    case 'remove': {
      const gone = steps[at]?.id;
      return {
        files,
        steps: steps.filter(({ id }) => id !== gone).map((one) => ({ ...one, needs: one.needs.filter((need) => need !== gone) })),
      };
    }
    case 'rename-output':
      return change(({ id, path }) => ({ path: path === `made/${id}.txt` ? `made/other-${id}.txt` : `made/${id}.txt` }));
    case 'fail':
      return change(({ fails }) => ({ fails: !fails }));
    case 'volatile':
      return change(({ volatile }) => ({ volatile: !volatile }));
    case 'revert':
      return history[edit.at % history.length] ?? world;
    case 'touch':
    case 'nothing':
      return world;
  }
}

function nodesOf({ steps }: World): readonly StepNode[] {
  return steps.map(({ id, files, needs, variable, path, fails, volatile }) => ({
    ...step(`s${id}`, {
      kind: 'measure',
      in: [...files.map((file) => `f${file}`), ...needs.map((need) => `steps.s${need}/out`)],
      settings: { id, ...(fails && { fails }) },
      variables: variable === null ? {} : { V: variable },
      outputs: [{ name: 'out', path, publish: true }],
    }),
    ...(volatile && { volatile }),
  }));
}

async function machines(t: TestContext): Promise<readonly TestProject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-edits-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const remote = folderRemote(join(folder, 'remote'), 'main');
  return Promise.all([0, 1].map((number) => makeTestProject(t, { kinds: [kind], remote, folder: join(folder, `machine-${number}`) })));
}

async function playRound(
  project: TestProject,
  world: World,
  { round, known }: { readonly round: Round; readonly known: Set<string> },
): Promise<void> {
  for (const [index, content] of world.files.entries()) project.write(`f${index}`, content);
  if (round.edit.kind === 'touch') utimesSync(join(project.root, 'f0'), new Date(), new Date(Date.now() + 1000 * round.edit.at));
  const built = buildAnew(world);
  const stop = new AbortController();
  let finished = 0;
  const emit = (event: Event): void => {
    if (event.kind === 'step-finished' && finished++ === round.cancelAfter) stop.abort();
  };

  const run = await project.run(nodesOf(world), { cpus: round.cpus, keepGoing: true, signal: stop.signal, emit });

  for (const record of run.steps) {
    const { id, path, volatile } = world.steps.find(({ id: candidate }) => `steps.s${candidate}` === record.step) ?? assert.fail();
    const wanted = built.get(id);
    if (record.status === 'cancelled') assert.ok(stop.signal.aborted, record.step);
    else if (typeof wanted !== 'object') assert.equal(record.status, wanted === 'fails' ? 'failed' : 'blocked', record.step);
    else {
      assert.equal(record.status, known.has(wanted.key) && !volatile ? 'hit' : 'done', `${record.step} ${wanted.key}`);
      assert.equal(
        Buffer.from(await project.parts.store.readBytes(record.outputs['out']?.digest ?? assert.fail())).toString(),
        wanted.output,
      );
      if (!stop.signal.aborted) assert.equal(readFileSync(join(project.root, path), 'utf8'), wanted.output);
      known.add(wanted.key);
    }
  }
  assert.equal(run.steps.length, world.steps.length);
  await pushResults({ ...project.parts, remote: project.parts.remote ?? assert.fail() }, run.steps);
}

test('random edits on two machines with a remote, on one core or more, cancelled or not: outputs are those of a build from nothing, and a step runs only when nobody has its result', async (t) => {
  const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(rounds, async (all) => {
      const projects = await machines(t);
      const known = new Set<string>();
      const wire = (id: number, needs: readonly number[]): RandomStep => ({
        id: -id,
        files: [id % 3],
        needs,
        variable: null,
        path: `made/first-${id}.txt`,
        fails: false,
        volatile: false,
      });
      const history: World[] = [{ files: ['', 'a', 'long text'], steps: [wire(1, []), wire(2, [-1]), wire(3, [-1, -2])] }];
      for (const round of [...all, { ...(all[0] ?? assert.fail()), edit: { kind: 'nothing', at: 0 } as const, cancelAfter: null }]) {
        const world = edited(history.at(-1) ?? assert.fail(), round.edit, history);
        history.push(world);
        await playRound(projects[round.machine] ?? assert.fail(), world, { round, known });
      }
    }),
    { numRuns: Number(process.env['TIDEGATE_RUNS'] ?? 8), seed },
  );
});
