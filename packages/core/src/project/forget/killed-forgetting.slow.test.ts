import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { type EndedAtChange, runUntilChange } from '../../../../runtime/src/test-kill-at-change.ts';
import { tidegateProgram } from '../../../../runtime/src/test-program.ts';

const kills = 7;

interface Place {
  readonly cwd: string;
  readonly home: string;
  readonly call: (...words: readonly string[]) => Promise<EndedAtChange>;
  readonly callUntil: (killAt: number, words: readonly string[]) => Promise<EndedAtChange>;
}

function place(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-killed-forgetting-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [cwd, home] = [join(folder, 'project'), join(folder, 'home')];
  mkdirSync(join(cwd, 'data'), { recursive: true });
  writeFileSync(join(cwd, 'tidegate.yaml'), 'version: 1\ndata: { people: { from: { files: data }, table: { key: id } } }\n');
  const variables = { ...process.env, TIDEGATE_HOME: home };
  const callUntil = (killAt: number | null, words: readonly string[]): Promise<EndedAtChange> =>
    runUntilChange([tidegateProgram, ...words], { cwd, variables, killAt });
  return { cwd, home, callUntil, call: (...words) => callUntil(null, words) };
}

function nameOf(id: number): string {
  return `planted ${id} once`;
}

function csv(ids: readonly number[], note: string): string {
  return `id,name,note\n${ids.map((id) => `${id},${id < 40 ? nameOf(id) : `name ${(id * 7919) % 100_003}`},${note}`).join('\n')}\n`;
}

/** Whether a text is in a file of the home, as bytes or as a value of a Parquet file. */
async function isThere(home: string, text: string): Promise<boolean> {
  using engine = await openEngine({ threads: 1 });
  for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
    const path = join(home, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const isParquet = bytes.subarray(0, 4).toString('latin1') === 'PAR1';
    if (bytes.includes(text)) return true;
    if (isParquet && JSON.stringify(await engine.rows(`SELECT * FROM read_parquet(${quoteText(path)})`)).includes(text)) return true;
  }
  return false;
}

function unfinished(home: string): number {
  try {
    using state = new DatabaseSync(join(home, 'state.sqlite'), { readOnly: true });
    return Number(state.prepare('SELECT count(*) AS some FROM forgetting WHERE done_at IS NULL').get()?.['some'] ?? 0);
  } catch {
    return 0; // killed before there was one
  }
}

test('a forgetting that is killed at any moment is completed by the same call, and until then what is read is a version with the row or one without', async (t) => {
  const { cwd, home, call, callUntil } = place(t);
  const ids = Array.from({ length: 6_000 }, (_, id) => id);
  const versions: string[] = [];
  for (const note of ['one', 'two', 'three']) {
    writeFileSync(join(cwd, 'data/people.csv'), csv(ids, note));
    const { code, output } = await call('data', 'commit', 'people');
    assert.equal(code, 0, output);
    versions.push(/version (\w+)/.exec(output)?.[1] ?? assert.fail(output));
  }
  const forget = (id: number): readonly string[] => ['data', 'forget', 'people', '--key', `id=${id}`, '--yes'];
  assert.match((await call(...forget(0))).output, /forgot rows of 3 versions/);
  const { changes } = await call(...forget(1)); // as many as each of the next ones makes

  const seen = new Set<number>();
  for (let id = 2; id < kills + 2; id++) {
    const at = Math.ceil(((id - 1.5) / kills) * changes);
    const until = await callUntil(at, forget(id));
    assert.ok(until.killed, `at change ${at} of ${changes}: ${until.output}`);
    seen.add(unfinished(home));
    // between the moment from which it is forgotten and that from which nothing of it is left
    if (unfinished(home) > 0) assert.match((await call('data', 'tombstones')).output, /not finished: call it again/);
    const rows = /([\d,]+) rows/.exec((await call('data', 'show', 'people')).output)?.[1] ?? '';
    assert.ok([`${6_000 - id}`, `${6_000 - id - 1}`].includes(rows.replaceAll(',', '')), rows);
    const { code, output } = await call(...forget(id));
    assert.equal(code, 0, output);
    assert.equal(unfinished(home), 0);
    assert.equal(await isThere(home, nameOf(id)), false, output);
  }
  assert.deepEqual(seen, new Set([0, 1]), 'killed before that moment, and after it');

  const [oldest = ''] = versions;
  const placed = await call('data', 'checkout', 'people', oldest);
  assert.equal(placed.code, 0, placed.output);
  using engine = await openEngine({ threads: 1 });
  const [left] = await engine.rows(
    `SELECT count(*) AS rows, min(id) AS first, min(note) AS note FROM read_parquet(${quoteText(join(cwd, 'tables/people/*.parquet'))})`,
  );
  assert.deepEqual(left, { rows: 6_000 - kills - 2, first: kills + 2, note: 'one' });
  const checked = await call('store', 'fsck');
  assert.equal(checked.code, 0, checked.output);
});
