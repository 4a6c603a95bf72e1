import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfHex, type PredictionSegment } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { predictionWindow } from './prediction-window.ts';

const release = digestOfHex('b'.repeat(64));
const untilMs = Date.UTC(2024, 5, 15);
const fromMs = untilMs - 86_400_000;

function logFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-window-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A segment that a server writes, its last line not whole yet. */
function writeSegment(folder: string, name: string, moments: readonly number[]): void {
  const header: PredictionSegment = {
    format: 'tidegate.prediction-log/1',
    project: 'p',
    service: 'api',
    release,
    model: 'm',
    startedAt: '2024-06-14T00:00:00.000Z',
    writer: { pid: process.pid, startedAt: '1', boot: 'b' },
    sample: 100,
    fieldColumns: [],
    inputColumns: [{ name: 'x', type: 'number' }],
  };
  const lines = moments.map((at, row) =>
    JSON.stringify({ id: `${name}-${row}`, answered: at, at, fields: {}, inputs: { x: row }, prediction: 0.5, label: '1' }),
  );
  mkdirSync(join(folder, 'segments'), { recursive: true });
  writeFileSync(join(folder, 'segments', `${name}.open.jsonl`), `${[JSON.stringify(header), ...lines].join('\n')}\n{"id":"torn","answ`);
}

test('rows of a segment that is still written are in the window, beside those that are Parquet', async (t) => {
  const log = logFolder(t);
  using engine = await openEngine({ threads: 1 });
  writeSegment(log, 'open', [fromMs, fromMs + 1, untilMs, untilMs + 1]);
  mkdirSync(join(log, 'day=2024-06-14'));
  await engine.run(
    `COPY (SELECT 'q' || i AS id, make_timestamp_ms(${untilMs - 5}) AS answered_at, make_timestamp_ms(${untilMs - 5}) AS "at", 'api' AS service, '${release}' AS release,
     'm' AS model, 100.0 AS sample_percent, i::DOUBLE AS "input.x", NULL::MAP(VARCHAR, VARCHAR) AS absent, 0.5 AS prediction, '1' AS label, NULL::DOUBLE[] AS probabilities FROM range(3) t(i))
     TO '${join(log, 'day=2024-06-14', 'closed.parquet')}' (FORMAT parquet)`,
  );

  const { window, columns } = await predictionWindow(engine, { log, release, fromMs, untilMs, table: 'w' });

  assert.equal(window.rows, 5);
  assert.ok(columns.has('input.x'));
  const [counted] = await engine.rows('SELECT count(*) AS rows, count(DISTINCT "tidegate.half") AS halves FROM w');
  assert.equal(counted?.['rows'], 5);
});

test('a log that is not there is a window without rows', async (t) => {
  using engine = await openEngine({ threads: 1 });

  const { window } = await predictionWindow(engine, { log: join(logFolder(t), 'none'), release, fromMs, untilMs, table: 'w' });

  assert.deepEqual(window, { from: '2024-06-14T00:00:00.000Z', until: '2024-06-15T00:00:00.000Z', rows: 0, ofOtherReleases: 0, oneIn: 1 });
});

test('of more rows than are looked at one in so many is taken, the same ones each time', async (t) => {
  const log = logFolder(t);
  using engine = await openEngine({ threads: 1 });
  mkdirSync(join(log, 'day=2024-06-14'));
  await engine.run(
    `COPY (SELECT 'q' || i AS id, make_timestamp_ms(${untilMs - 5}) AS "at", '${release}' AS release FROM range(900) t(i)) TO '${join(log, 'day=2024-06-14', 'many.parquet')}' (FORMAT parquet)`,
  );
  const look = () => predictionWindow(engine, { log, release, fromMs, untilMs, table: 'w', mostRows: 300 });

  const [first, again] = [await look(), await look()];

  assert.equal(first.window.oneIn, 3);
  assert.ok(first.window.rows > 200 && first.window.rows < 400, `${first.window.rows}`);
  assert.deepEqual(again.window, first.window);
});
