import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { JointFinding } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { judgeTogether } from './judge-together.ts';

async function engineFor(t: TestContext): Promise<Engine> {
  const engine = await openEngine({ threads: 1 });
  t.after(() => engine[Symbol.dispose]());
  return engine;
}

/** SQL of a number from 0 to 1 that only a row and a seed decide. */
const unit = (seed: number): string => `((hash(i * 1000 + ${seed}) % 1000003) / 1000003.0)`;

/** Rows from one number to another, with these columns. */
const rowsOf = (from: number, count: number, columns: string): string => `SELECT ${columns} FROM range(${from}, ${from + count}) r(i)`;

function named(findings: readonly JointFinding[], name: string): JointFinding {
  return findings.find((finding) => finding.name === name) ?? assert.fail(`no ${name} among ${findings.map((one) => one.name).join(', ')}`);
}

test('a vector with a column for each of its numbers is looked at as one, and what is usual of it from span to span is no drift', async (t) => {
  const engine = await engineFor(t);
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const columns = places.map((place) => ({ name: `emb_${place}`, type: 'number' }) as const);
  const embedding = (from: number, count: number, shift: string): string =>
    rowsOf(from, count, `${places.map((place) => `${unit(place)} + ${shift} AS emb_${place}`).join(', ')}, i AS at`);
  const inSpans = '(hash(i // 100) % 5) / 8.0';
  const windows = { orderBy: 'at', share: 0.1 };
  const ask = (before: string, now: string, spans: typeof windows | null) =>
    judgeTogether(engine, { reference: embedding(0, 1000, before), current: embedding(50_000, 100, now), columns, windows: spans });
  const name = 'embedding.emb_0 to emb_7';

  assert.equal(named((await ask('0', '0.3', null)).findings, name).verdict, 'fail');
  assert.notEqual(named((await ask('0', '0', null)).findings, name).verdict, 'fail');
  assert.equal(named((await ask(inSpans, inSpans, null)).findings, name).verdict, 'fail');
  assert.notEqual(named((await ask(inSpans, inSpans, windows)).findings, name).verdict, 'fail');
});
