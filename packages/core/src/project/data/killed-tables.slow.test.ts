import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { TableRecord } from '@tidegate/formats';
import { openEngine, seededRandom } from '@tidegate/runtime';
import { type EndedAtChange, runUntilChange } from '../../../../runtime/src/test-kill-at-change.ts';
import { tidegateProgram } from '../../../../runtime/src/test-program.ts';
import { readVersion, tableAt } from '../../data/index.ts';
import { systemPlatform } from '../../platform/index.ts';
import { openProject } from '../open-project.ts';
import { pinnedVersion } from './version-names.ts';

const rows = 20_000;

/** A working copy on a machine with a home of its own. */
interface Machine {
  readonly cwd: string;
  /** @param killAt number of the change just before which it is killed; null = not at all */
  readonly call: (words: readonly string[], killAt?: number | null) => Promise<EndedAtChange>;
  /** How many changes a call would make now: it is made, and everything put back. */
  readonly changesOf: (words: readonly string[]) => Promise<number>;
  /** What rows the plain files of the table have: how many, and two sums over all of them. */
  readonly read: () => Promise<readonly number[]>;
  /** The table of the pinned version. */
  readonly table: () => Promise<TableRecord>;
}

function machine(folder: string, name: string): Machine {
  const cwd = join(folder, name, 'project');
  const variables = { ...process.env, TIDEGATE_HOME: join(folder, name, 'home'), TIDEGATE_REMOTE: join(folder, 'remote') };
  return {
    cwd,
    call: (words, killAt = null) => runUntilChange([tidegateProgram, ...words], { cwd, variables, killAt }),
    changesOf: async (words) => {
      const kept = `${folder}.kept`;
      cpSync(folder, kept, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      const { code, output, changes } = await runUntilChange([tidegateProgram, ...words], { cwd, variables, killAt: null });
      assert.equal(code, 0, output);
      rmSync(folder, { recursive: true });
      renameSync(kept, folder);
      return changes;
    },
    read: async () => {
      using engine = await openEngine({ threads: 1 });
      const [row = {}] = await engine.rows(
        `SELECT count(*) AS rows, sum(amount) AS amounts, sum(id * amount) AS products FROM read_parquet('${cwd}/tables/sales/*.parquet')`,
      );
      return [Number(row['rows']), Number(row['amounts']), Number(row['products'])];
    },
    table: async () => {
      using project = await openProject({ root: cwd, platform: { ...systemPlatform, variables }, serving: { argv: [], version: '0' } });
      const version = (await pinnedVersion(project, 'sales')) ?? assert.fail();
      return (await tableAt(project.store, (await readVersion(project.store, { digest: version })).tree)) ?? assert.fail();
    },
  };
}

function place(t: TestContext): { readonly folder: string; readonly first: Machine; readonly git: (...words: readonly string[]) => void } {
  const above = mkdtempSync(join(tmpdir(), 'tidegate-killed-tables-'));
  t.after(() => rmSync(above, { recursive: true, force: true }));
  const folder = join(above, 'machines');
  const first = machine(folder, 'first');
  mkdirSync(join(first.cwd, 'data'), { recursive: true });
  const yaml =
    'version: 1\nproject: shop\ndata: { sales: { from: { files: data/*.csv }, table: { key: id }, partitions: { by: value(part) } } }\n';
  writeFileSync(join(first.cwd, 'tidegate.yaml'), yaml);
  writeFileSync(join(first.cwd, '.gitignore'), 'build/\ndata/\ntables/\n');
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], { cwd: first.cwd });
  git('init', '--quiet', '--initial-branch', 'main');
  return { folder, first, git };
}

const amountsOf = (): number[] => Array.from({ length: rows }, (_, id) => (id * 7919) % 1_000);
const sumsOf = (amounts: readonly number[]): readonly number[] => [
  amounts.length,
  amounts.reduce((sum, amount) => sum + amount, 0),
  amounts.reduce((sum, amount, id) => sum + id * amount, 0),
];

function write({ cwd }: Machine, amounts: readonly number[]): void {
  const lines = amounts.map((amount, id) => `${id},${id % 2 === 0 ? 'even' : 'odd'},${amount}`);
  writeFileSync(join(cwd, 'data/a.csv'), `id,part,amount\n${lines.join('\n')}\n`);
}

test('a table of six layers is pushed and pulled by another machine, in part and whole, while its pulls are killed', async (t) => {
  const { folder, first, git } = place(t);
  const amounts = amountsOf();
  const random = seededRandom(6);
  for (const changes of [0, 1_900, 700, 260, 100, 38]) {
    for (let change = 0; change < changes; change++) amounts[random.below(rows)] = random.below(1_000);
    write(first, amounts);
    const { code, output } = await first.call(['data', 'commit', 'sales']);
    assert.equal(code, 0, output);
  }
  assert.ok(
    (await first.table()).groups.some(({ layers }) => layers.length === 6),
    'rows and five deltas',
  );
  assert.equal((await first.call(['data', 'push'])).code, 0);
  git('add', '.');
  git('commit', '--quiet', '--message', 'Pin the table');

  const second = machine(folder, 'second');
  execFileSync('git', ['clone', '--quiet', first.cwd, second.cwd]);
  const even = amounts.filter((_, id) => id % 2 === 0);
  const part = await second.call(['data', 'pull', 'sales', '--partition', 'part=even']);
  assert.equal(part.code, 0, part.output);
  assert.deepEqual((await second.read()).slice(0, 2), sumsOf(even).slice(0, 2));
  const changes = await second.changesOf(['data', 'pull']);
  for (const share of [0.15, 0.3, 0.25, 0.2]) {
    const { killed, output } = await second.call(['data', 'pull'], Math.floor(share * changes));
    assert.ok(killed, `at ${share} of ${changes} changes: ${output}`);
  }
  const pulled = await second.call(['data', 'pull']);
  assert.equal(pulled.code, 0, pulled.output);
  assert.deepEqual(await second.read(), sumsOf(amounts));
  assert.deepEqual(await second.table(), await first.table());
  const checked = await second.call(['store', 'fsck']);
  assert.equal(checked.code, 0, checked.output);
});

test('a table whose adds and commits are killed at any moment loses nothing: the pin is the old one or the new one, and the next commit is right', async (t) => {
  const { first } = place(t);
  const amounts = amountsOf();
  const before = [...amounts];
  write(first, amounts);
  assert.equal((await first.call(['data', 'commit', 'sales'])).code, 0);
  const old = readFileSync(join(first.cwd, 'tidegate.lock'), 'utf8');
  const random = seededRandom(7);
  for (let change = 0; change < 500; change++) amounts[random.below(rows)] = random.below(1_000);
  write(first, amounts);

  const lock = (): string => readFileSync(join(first.cwd, 'tidegate.lock'), 'utf8');
  const changes = await first.changesOf(['data', 'add', 'sales']);
  for (const [round, share] of [0.1, 0.2, 0.15, 0.3, 0.1].entries()) {
    const { killed, output } = await first.call(['data', round % 2 === 0 ? 'add' : 'commit', 'sales'], Math.floor(share * changes));
    assert.ok(killed, `at ${share} of ${changes} changes: ${output}`);
    assert.equal(lock(), old);
  }
  for (const fromEnd of [9, 6, 3, 0]) {
    const { killed, output } = await first.call(
      ['data', 'commit', 'sales'],
      (await first.changesOf(['data', 'commit', 'sales'])) - fromEnd,
    );
    assert.ok(killed, `${fromEnd} changes before the end: ${output}`);
    if (lock() !== old) break;
  }
  const committed = await first.call(['data', 'commit', 'sales']);

  assert.equal(committed.code, 0, committed.output);
  const words = ['data', 'checkout', 'sales', '--force'];
  assert.equal((await first.call(words)).code, 0);
  assert.deepEqual(await first.read(), sumsOf(amounts));
  const [, version = ''] = /sales: (\S+)/.exec(old) ?? [];
  assert.equal((await first.call(['data', 'checkout', 'sales', version, '--force'])).code, 0);
  assert.deepEqual(await first.read(), sumsOf(before));
  const checked = await first.call(['store', 'fsck']);
  assert.equal(checked.code, 0, checked.output);
});
