import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { canonicalJson, type Deployment } from '@tidegate/formats';
import type { Healed } from './heal.ts';
import { openState } from './state.ts';

const deployment = (sequence: number): Deployment => ({
  format: 'tidegate.deployment/1',
  sequence,
  project: 'shop',
  environment: 'production',
  service: 'api',
  action: 'stop',
  release: null,
  replaced: null,
  run: null,
  commit: null,
  at: '2026-01-01T00:00:00.000Z',
  by: 'test',
  switchMs: null,
  address: null,
  settings: null,
  reason: `line ${sequence}`,
  tests: null,
});

/** A state with deployments, notes and results, closed. */
function makeState(t: TestContext, deployments = 3): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-heal-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.sqlite');
  using state = openState(path);
  for (let sequence = 1; sequence <= deployments; sequence++)
    state.commit(() => {
      const line = deployment(sequence);
      state
        .prepare('INSERT INTO deployment (project, environment, sequence, record) VALUES (?, ?, ?, ?)')
        .run(line.project, line.environment, sequence, JSON.stringify(line));
      state.journal.append(state.database, line);
      state.prepare("INSERT INTO loop_note (project, sequence, kind, record) VALUES ('shop', ?, 'k', '{}')").run(sequence);
    });
  return path;
}

function reopen(
  path: string,
  thorough = false,
): { readonly healed: readonly Healed[]; readonly reasons: readonly unknown[]; readonly notes: number } {
  const healed: Healed[] = [];
  using state = openState(path, { thorough, onHealed: (found) => healed.push(found) });
  const reasons = state
    .prepare('SELECT record FROM deployment ORDER BY sequence')
    .all()
    .map((row) => (JSON.parse(String(row['record'])) as Deployment).reason);
  return { healed, reasons, notes: Number(state.prepare('SELECT count(*) AS rows FROM loop_note').get()?.['rows']) };
}

const all = ['line 1', 'line 2', 'line 3'];

for (const [what, spoil] of [
  ['0 bytes', (path: string) => truncateSync(path)],
  ['random bytes', (path: string) => writeFileSync(path, Buffer.from(Array.from({ length: 9_000 }, (_, index) => (index * 7919) % 251)))],
  ['half JSON', (path: string) => writeFileSync(path, '{"format": "tidegate.run/1", "id": "r-2026')],
] as const)
  test(`hostile 18: a state of ${what} is replaced by itself, and no deployment is lost`, (t) => {
    const path = makeState(t);
    for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
    spoil(path);

    const found = reopen(path);
    const again = reopen(path);

    assert.deepEqual(found.reasons, all);
    assert.equal(found.healed.length, 1);
    assert.equal(found.healed[0]?.kept, 3);
    if (what !== '0 bytes') assert.ok(existsSync(found.healed[0]?.aside ?? ''), 'the damaged file is kept');
    assert.deepEqual(again.healed, []);
    assert.deepEqual(again.reasons, all);
  });

test('hostile 18: of a state with a damaged page, which a thorough look finds, the rows that can be read are kept', (t) => {
  const path = makeState(t, 400);
  const bytes = readFileSync(path);
  bytes.fill(0xee, bytes.length - 8192); // its last pages; the first ones say what the tables are
  writeFileSync(path, bytes);

  const { healed, reasons, notes } = reopen(path, true);

  assert.equal(healed.length, 1);
  assert.equal(reasons.length, 400);
  assert.ok(notes > 0, 'some of the notes');
});

test('hostile 18: a journal whose last line is cut off or empty gives what is whole, and of two lines with one number the later', (t) => {
  const path = makeState(t);
  const journal = join(path, '../deployments.jsonl');
  appendFileSync(journal, `\n${canonicalJson({ ...deployment(4), reason: 'not finished' })}\n`);
  appendFileSync(journal, `\n${canonicalJson({ ...deployment(4) })}\n\n{"format":"tidegate.depl`);
  rmSync(path);

  assert.deepEqual(reopen(path).reasons, [...all, 'line 4']);
});

test('the journal of a state that has none yet begins with all lines of the state', (t) => {
  const path = makeState(t, 2);
  rmSync(join(path, '../deployments.jsonl'));
  {
    using state = openState(path);
    state.commit(() => {
      state
        .prepare('INSERT INTO deployment (project, environment, sequence, record) VALUES (?, ?, ?, ?)')
        .run('shop', 'production', 3, JSON.stringify(deployment(3)));
      state.journal.append(state.database, deployment(3));
    });
  }
  rmSync(path);

  assert.deepEqual(reopen(path).reasons, all);
  assert.deepEqual(
    readdirSync(join(path, '..')).filter((name) => name.includes('corrupt')),
    [],
  );
});
