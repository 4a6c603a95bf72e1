import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOfBytes } from '../platform/index.ts';
import type { StepKind, StepNode } from './step-kind.ts';
import { damageObject, loseObject, makeTestProject, step, type TestProject } from './test-project.ts';

const fileNames = ['f0', 'f1', 'f2'] as const;

/** A step of a random project: it reads files and earlier steps and forgets a part of what it reads, so that changes may come to nothing. */
interface RandomStep {
  readonly files: readonly number[];
  readonly needs: readonly number[];
  readonly text: string;
}

type Edit =
  | { readonly kind: 'file'; readonly file: number; readonly content: string }
  | { readonly kind: 'text'; readonly step: number; readonly text: string }
  | { readonly kind: 'rewire'; readonly step: number; readonly needs: readonly number[] }
  | { readonly kind: 'lose-object' | 'damage-object' | 'edit-output' | 'remove-output'; readonly step: number }
  | { readonly kind: 'nothing' };

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B'), maxLength: 2 });
const projects = fc.array(
  fc.record<RandomStep>({ files: fc.uniqueArray(fc.nat({ max: 2 })), needs: fc.array(fc.nat(), { maxLength: 2 }), text: letters }),
  { minLength: 2, maxLength: 6 },
);
const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('file' as const), file: fc.nat({ max: 2 }), content: letters }),
    fc.record({ kind: fc.constant('text' as const), step: fc.nat(), text: letters }),
    fc.record({ kind: fc.constant('rewire' as const), step: fc.nat(), needs: fc.array(fc.nat(), { maxLength: 2 }) }),
    fc.record({
      kind: fc.constantFrom('lose-object' as const, 'damage-object' as const, 'edit-output' as const, 'remove-output' as const),
      step: fc.nat(),
    }),
    fc.constant({ kind: 'nothing' as const }),
  ),
  { minLength: 2, maxLength: 6 },
);

/** Lower case, each letter once, sorted: `Ba`, `ab` and `bab` come out the same. */
const forgetful = (text: string): string => [...new Set(text.toLowerCase())].toSorted().join('');

const kind: StepKind = {
  kind: 'forget',
  version: 1,
  run: async ({ node, inputs, store }) => {
    const contents = await Promise.all(
      inputs.map(async ({ source, artifact }) =>
        source === null
          ? (Buffer.from(await store.readBytes(artifact.digest))
              .toString()
              .split(':')[1] ?? '')
          : readFileSync(source, 'utf8'),
      ),
    );
    const object = await store.putBytes(`${node.name}:${forgetful(contents.join('') + String(node.settings['text']))}`);
    return { outputs: { out: { kind: 'file', ...object, files: 1 } }, evidence: [], facts: {} };
  },
};

/** Builds everything anew in the order of the indices and remembers what was ever built: what a cache must come to. */
class NaiveProject {
  readonly files: string[] = ['', 'a', 'b'];
  readonly steps: RandomStep[];
  readonly #known = new Map<string, string>();
  readonly #lost = new Set<string>();

  constructor(steps: readonly RandomStep[]) {
    this.steps = steps.map((each, index) => ({ ...each, needs: needsBefore(index, each.needs) }));
  }

  /** The content of every output, and which steps had to run. */
  build(): { readonly outputs: readonly string[]; readonly ran: readonly number[] } {
    const outputs: string[] = [];
    const ran: number[] = [];
    for (const [index, { files, needs, text }] of this.steps.entries()) {
      const read = [...files.map((file) => [fileNames[file], this.files[file]]), ...needs.map((need) => [need, outputs[need]])];
      const key = JSON.stringify([index, read.map((pair) => JSON.stringify(pair)).toSorted(), text]);
      const output = `steps.s${index}:${forgetful([...files.map((file) => this.files[file]), ...needs.map((need) => outputs[need]?.split(':')[1])].join('') + text)}`;
      if (this.#known.get(key) === undefined || this.#lost.has(output)) ran.push(index);
      this.#known.set(key, output);
      this.#lost.delete(output);
      outputs.push(output);
    }
    return { outputs, ran };
  }

  lose(output: string): void {
    this.#lost.add(output);
  }

  nodes(): readonly StepNode[] {
    return this.steps.map(({ files, needs, text }, index) =>
      step(`s${index}`, {
        kind: 'forget',
        in: [...files.map((file) => fileNames[file] ?? ''), ...needs.map((need) => `steps.s${need}/out`)],
        settings: { text },
      }),
    );
  }
}

function needsBefore(index: number, needs: readonly number[]): readonly number[] {
  return index === 0 ? [] : [...new Set(needs.map((need) => need % index))];
}

function apply(edit: Edit, naive: NaiveProject, project: TestProject, outputs: readonly string[]): void {
  const at = 'step' in edit ? edit.step % naive.steps.length : 0;
  const current = naive.steps[at] ?? assert.fail();
  const output = join(project.root, `made/s${at}.txt`);
  const object = digestOfBytes(outputs[at] ?? '');
  switch (edit.kind) {
    case 'file':
      naive.files[edit.file] = edit.content;
      return project.write(fileNames[edit.file] ?? '', edit.content);
    case 'text':
      naive.steps[at] = { ...current, text: edit.text };
      return;
    case 'rewire':
      naive.steps[at] = { ...current, needs: needsBefore(at, edit.needs) };
      return;
    case 'lose-object':
      naive.lose(outputs[at] ?? '');
      return loseObject(project, object);
    case 'damage-object':
      naive.lose(outputs[at] ?? '');
      return damageObject(project, object, 'of another length');
    case 'edit-output':
      return writeFileSync(output, 'edited');
    case 'remove-output':
      return rmSync(output);
    case 'nothing':
      return;
  }
}

test('random projects under random edits: outputs are those of a build from nothing, and exactly the steps run that nobody has the result of', async (t) => {
  await fc.assert(
    fc.asyncProperty(projects, edits, async (shape, changes) => {
      const project = await makeTestProject(t, { kinds: [kind] });
      const naive = new NaiveProject(shape);
      for (const [index, content] of naive.files.entries()) project.write(fileNames[index] ?? '', content);
      let expected: ReturnType<NaiveProject['build']> = { outputs: [], ran: [] };
      for (const edit of [{ kind: 'nothing' } as const, ...changes]) {
        if (expected.outputs.length > 0) apply(edit, naive, project, expected.outputs);
        expected = naive.build();

        const planned = await project.plan(naive.nodes());
        const run = await project.run(naive.nodes());

        const ran = run.steps.filter((record) => record.status === 'done').map((record) => record.step);
        assert.equal(run.status, 'succeeded');
        assert.deepEqual(
          ran.toSorted(),
          expected.ran.map((index) => `steps.s${index}`),
        );
        for (const [index, output] of expected.outputs.entries())
          assert.equal(readFileSync(join(project.root, `made/s${index}.txt`), 'utf8'), output);
        for (const { step: name, action } of planned) {
          if (action === 'hit') assert.ok(!ran.includes(name), `${name} was planned as a hit`);
          if (action === 'run') assert.ok(ran.includes(name), `${name} was planned to run`);
        }
        for (const record of run.steps) assert.equal(record.status === 'done', record.reasons.length > 0);
      }
      assert.ok(existsSync(project.parts.home.state));
    }),
    { numRuns: 15 },
  );
});
