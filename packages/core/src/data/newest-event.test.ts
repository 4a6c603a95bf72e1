import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { type FileInPlace, newestEvent } from './newest-event.ts';

const untilMs = Date.UTC(2024, 5, 15);

function filesOf(t: TestContext, texts: { readonly [name: string]: string }): readonly FileInPlace[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-newest-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return { path: name, file: join(folder, name), bytes: statSync(join(folder, name)).size };
  });
}

test('the newest event of all files counts, as they lie there now', async (t) => {
  const files = filesOf(t, { 'a.csv': 'at,x\n2024-06-01 10:00:00,1\n2024-06-03 12:30:00,2\n', 'b.csv': 'at,x\n2024-06-02 00:00:00,3\n' });
  using engine = await openEngine({ threads: 1 });

  assert.equal(await newestEvent(engine, files, { time: 'at', untilMs }), Date.UTC(2024, 5, 3, 12, 30));
});

test('an event after the moment that is asked about does not count', async (t) => {
  const files = filesOf(t, { 'a.jsonl': '{"at":"2024-06-14T23:00:00Z"}\n{"at":"2024-06-15T00:00:01Z"}\n' });
  using engine = await openEngine({ threads: 1 });

  assert.equal(await newestEvent(engine, files, { time: 'at', untilMs }), Date.UTC(2024, 5, 14, 23));
});

test('without files, events or the column there is none', async (t) => {
  const files = filesOf(t, { 'a.csv': 'at,x\n2024-07-01 10:00:00,1\n' });
  using engine = await openEngine({ threads: 1 });

  assert.equal(await newestEvent(engine, [], { time: 'at', untilMs }), null);
  assert.equal(await newestEvent(engine, files, { time: 'at', untilMs }), null);
  assert.equal(await newestEvent(engine, files, { time: 'other', untilMs }), null);
});
