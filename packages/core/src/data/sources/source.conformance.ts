import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Json, TidegateError } from '@tidegate/formats';
import { type Cell, openEngine, quoteText } from '@tidegate/runtime';
import type { Source, SourceReading } from './source.ts';

/** A source that a test can change, with two rows or files at first. */
export interface SourceStage extends AsyncDisposable {
  readonly source: Source;
  /** The same with something wrong that is never right: a table or object that is not there. */
  readonly missing: Source;
  /** The same where nobody answers; null when nothing can be out of reach. */
  readonly unreachable: Source | null;
  /** Adds a third row or file. */
  readonly add: () => Promise<void>;
  /** Texts that must not be told: addresses, passwords, tokens. */
  readonly hidden: readonly string[];
}

/** A limit that only what hangs reaches. */
const hangMs = 60_000;

/** The suite that every kind of source passes. Skipped with the reason that `skip` gives. */
export function sourceConformance(name: string, open: () => Promise<SourceStage>, skip: string | false = false): void {
  const check = (what: string, body: (stage: SourceStage, t: TestContext) => Promise<void>): void =>
    void test(`${name}: ${what}`, { timeout: hangMs, skip }, async (t) => {
      await using stage = await open();
      await body(stage, t);
    });

  check('a reading gives all there is', async ({ source }, t) => {
    assert.equal(await sizeOf(await readInto(t, source, null)), 2);
  });

  check('a reading after a change gives the change, and the same again when it is asked again', async ({ source, add }, t) => {
    const { position } = await readInto(t, source, null);
    await add();

    const [second, again] = [await readInto(t, source, position), await readInto(t, source, position)];

    assert.notEqual(second.kind, 'unchanged');
    assert.equal(await sizeOf(second), await sizeOf(again));
  });

  check('a position that is none of its own is as none', async ({ source }, t) => {
    assert.equal(await sizeOf(await readInto(t, source, { strange: true })), 2);
  });

  check('a position is plain data', async ({ source }, t) => {
    const { position } = await readInto(t, source, null);

    assert.deepEqual(JSON.parse(JSON.stringify(position)), position);
  });

  check('a glance is another one after a change', async ({ source, add }) => {
    const { signal } = new AbortController();
    const before = await source.glance({ signal });
    await add();

    if (before !== null) assert.notDeepEqual(await source.glance({ signal }), before);
  });

  check('a confirmed position may be confirmed again', async ({ source }, t) => {
    const { signal } = new AbortController();
    const { position } = await readInto(t, source, null);

    await source.confirm(position, { signal });
    await source.confirm(position, { signal });
  });

  check('what is there passes every check', async ({ source }) => {
    const findings = await source.check({ signal: new AbortController().signal });

    assert.ok(findings.length > 0);
    assert.deepEqual(
      findings.filter(({ verdict }) => verdict !== 'pass'),
      [],
    );
  });

  check('what is not there is a finding with a hint, and an error with a code', async ({ missing }, t) => {
    const failing = (await missing.check({ signal: new AbortController().signal })).filter(({ verdict }) => verdict === 'fail');

    assert.equal(failing.length, 1);
    assert.ok(failing[0]?.hint);
    await assert.rejects(readInto(t, missing, null), (error: unknown) => error instanceof TidegateError);
  });

  check('who does not answer is a finding, and an error with a code', async ({ unreachable }, t) => {
    if (unreachable === null) return;
    const findings = await unreachable.check({ signal: new AbortController().signal });

    assert.equal(findings.filter(({ verdict }) => verdict === 'fail').length, 1);
    await assert.rejects(readInto(t, unreachable, null), (error: unknown) => error instanceof TidegateError);
  });

  check('a signal that is aborted ends a reading with its reason', async ({ source }, t) => {
    const reason = new Error('enough');

    await assert.rejects(readInto(t, source, null, AbortSignal.abort(reason)), (error: unknown) => error === reason);
  });

  check('nothing that is said holds an address or a secret', async ({ source, missing, unreachable, hidden }, t) => {
    const said: string[] = [];
    for (const one of [source, missing, ...(unreachable === null ? [] : [unreachable])]) {
      said.push(one.title, JSON.stringify(await one.check({ signal: new AbortController().signal })));
      const reading = await readInto(t, one, null).catch((error: Error) => error);
      said.push(reading instanceof TidegateError ? JSON.stringify(reading.diagnostics) + reading.message : JSON.stringify(reading));
    }

    for (const text of hidden) assert.ok(!said.join('\n').includes(text), `a secret is told in ${said.join('\n')}`);
  });
}

/** Reads into a folder of its own, that goes with the test. */
async function readInto(t: TestContext, source: Source, since: Json, signal = new AbortController().signal): Promise<SourceReading> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-source-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return source.read({ folder, since, signal, progress: () => {} });
}

async function sizeOf(reading: SourceReading): Promise<Cell> {
  if (reading.kind === 'unchanged') return 0;
  if (reading.kind === 'files') return reading.files.length;
  using engine = await openEngine({ threads: 1 });
  const [found] = await engine.rows(`SELECT count(*) AS rows FROM read_parquet([${reading.files.map(quoteText).join(', ')}])`);
  assert.equal(found?.['rows'], reading.rows);
  assert.deepEqual(
    readdirSync(join(reading.files[0] ?? '', '..')).filter((name) => name.endsWith('.text')),
    [],
  );
  return reading.rows;
}
