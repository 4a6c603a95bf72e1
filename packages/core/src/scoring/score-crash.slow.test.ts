import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, quoteText, seededRandom } from '@tidegate/runtime';
import { digestOfBytes, runningProcesses, worksIn } from '../platform/index.ts';
import { folderObjectStore } from '../store/index.ts';
import type { ScoredJob } from './score-file.ts';
import { storeHarbour } from './test-harbour.ts';

const kills = Number(process.env['TIDEGATE_KILLS'] ?? 20);
const seed = Number(process.env['TIDEGATE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const program = join(import.meta.dirname, 'fixtures/score-run.ts');
const rows = 6_000;
/** Lines of progress that a job of so many rows tells: it reads, loads, scores 15 chunks, and writes. */
const phases = 18;

for (const ending of ['csv', 'parquet']) {
  test(`scoring a ${ending} file that is killed at ${kills / 2} random moments ends with the same bytes, no finished chunk scored again, no row lost or doubled`, async (t) => {
    t.diagnostic(`seed ${seed}: replay with TIDEGATE_SEED=${seed}`);
    const random = seededRandom(seed);
    const undisturbed = await makeFolder(t, ending);
    const wanted = await finish(start(undisturbed, ending));
    const seen = { within: 0, after: 0, resumed: 0 };
    while (seen.within < kills / 2 && seen.after < 3 * kills) {
      const folder = await makeFolder(t, ending);
      for (let times = 1 + random.below(3); times > 0 && seen.within < kills / 2; times--) {
        const moment = { lines: 1 + random.below(phases), ms: random.unit() * 60 };
        seen[(await killAfter(start(folder, ending), moment)) ? 'after' : 'within']++;
        assertNothingHalf(folder, { undisturbed, ending });
      }
      const before = finishedChunks(folder);
      const { receipt } = await finish(start(folder, ending));

      seen.resumed += before.size;
      assert.equal(contentOf(folder, ending), contentOf(undisturbed, ending));
      assert.deepEqual([receipt.input.rows, receipt.scored, receipt.codes], [rows, wanted.receipt.scored, wanted.receipt.codes]);
      for (const [path, written] of before) assert.equal(statSync(path, { bigint: true }).mtimeNs, written, `${path} was written again`);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('.tmp-')),
        [],
      );
      await noProcessesIn(folder);
      rmSync(folder, { recursive: true });
    }
    t.diagnostic(`${seen.within} kills within a job, ${seen.after} after its end; ${seen.resumed / 3} finished chunks found by the reruns`);
    assert.equal(seen.within, kills / 2);
    assert.ok(kills < 20 || seen.resumed > 0, 'some kills must leave chunks');
  });
}

async function makeFolder(t: TestContext, ending: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-score-crash-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const moment = (minute: string): string => `TIMESTAMP '2024-01-01' + INTERVAL (${minute}) MINUTE`;
  const wind = `SELECT 'pier ' || i % 7 AS pier, ${moment('i')} AS event, ${moment('i + i % 5')} AS known, sin(i) AS speed, cos(i) AS gust FROM range(3000) t(i)`;
  const harbour = await storeHarbour(folderObjectStore(join(folder, 'objects')), folder, { wind, ttlMs: 3_600_000 });
  writeFileSync(join(folder, 'harbour.json'), JSON.stringify(harbour));
  const depth = "CASE WHEN i % 97 = 0 THEN 'deep' ELSE CAST(i / 3.0 AS VARCHAR) END";
  const input = `SELECT i AS id, 'pier ' || i % 8 AS pier, CASE WHEN i % 101 > 0 THEN ${moment('i // 2')} END AS at, ${ending === 'csv' ? depth : 'i / 3.0'} AS depth FROM range(${rows}) t(i)`;
  using engine = await openEngine({ threads: 1 });
  await engine.run(`COPY (${input}) TO ${quoteText(join(folder, `rows.${ending}`))}`);
  return folder;
}

function start(folder: string, ending: string): ChildProcess {
  return spawn(process.execPath, [program, folder, `rows.${ending}`, `scored.${ending}`], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Kills the process, and nothing of what it has started, so long after it has told so much of its progress. */
async function killAfter(child: ChildProcess, moment: { readonly lines: number; readonly ms: number }): Promise<boolean> {
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout ?? assert.fail() });
  const told = new Promise<void>((resolve) => {
    let count = 0;
    lines.on('line', () => {
      if (++count === moment.lines) resolve();
    });
  });
  await Promise.race([told, exited]);
  await Promise.race([sleep(moment.ms), exited]);
  child.kill('SIGKILL');
  const [code] = await exited;
  return code === 0;
}

async function finish(child: ChildProcess): Promise<ScoredJob> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output);
  const line = output.split('\n').find((text) => text.startsWith('{"done"')) ?? assert.fail(output);
  return (JSON.parse(line) as { readonly done: ScoredJob }).done;
}

/** An output is there whole, or not at all. */
function assertNothingHalf(folder: string, { undisturbed, ending }: { readonly undisturbed: string; readonly ending: string }): void {
  for (const name of [`scored.${ending}`, `quarantine-of-scored.${ending}`])
    if (existsSync(join(folder, name)))
      assert.equal(digestAt(join(folder, name)), digestAt(join(undisturbed, name)), `half-written: ${name}`);
}

function contentOf(folder: string, ending: string): string {
  return [`scored.${ending}`, `quarantine-of-scored.${ending}`].map((name) => digestAt(join(folder, name))).join(' ');
}

function digestAt(path: string): string {
  return digestOfBytes(readFileSync(path));
}

/** The files of chunks that are recorded, each with when it was written. */
function finishedChunks(folder: string): ReadonlyMap<string, bigint> {
  const scores = join(folder, 'scores/harbour');
  const chunks = existsSync(scores)
    ? readdirSync(scores)
        .map((job) => join(scores, job, 'chunks'))
        .filter(existsSync)
    : [];
  const records = chunks.flatMap((chunk) =>
    readdirSync(chunk)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(chunk, name)),
  );
  const files = records.flatMap((path) => [path, path.replace(/json$/, 'scored.parquet'), path.replace(/json$/, 'quarantine.parquet')]);
  return new Map(files.map((path) => [path, statSync(path, { bigint: true }).mtimeNs]));
}

/** What a killed process has started ends by itself. */
async function noProcessesIn(folder: string): Promise<void> {
  while (runningProcesses().some((process) => worksIn(process, folder))) await sleep(20);
}
