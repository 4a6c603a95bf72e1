import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, failure, type ScoredFile, type ScoreReceipt } from '@tidegate/formats';
import { openEngine, tryLock } from '@tidegate/runtime';
import { readRelease } from '../packaging/index.ts';
import { digestOfFile, exists, isoTime, measureFile, rm, stat } from '../platform/index.ts';
import { tableFormat } from './input/score-input.ts';
import {
  beginJob,
  finishedParts,
  forgetJob,
  type JobFolder,
  jobFolder,
  jobKey,
  type JobMeaning,
  readReceipt,
  tidyJobs,
  writeReceipt,
} from './job-folder.ts';
import type { ScoreOrder } from './score-order.ts';
import { type PartRecord, partPaths } from './score-part.ts';
import { scoreParts } from './score-parts.ts';
import { writeTable } from './write-table.ts';

export interface ScoredJob {
  readonly receipt: ScoreReceipt;
  /** `unchanged`: everything was there already; `written`: the rows had been scored before, and only the files were written. */
  readonly outcome: 'scored' | 'written' | 'unchanged';
}

/**
 * Scores the rows of a file: what can be scored goes to the output with what the model says, every other row to the quarantine with
 * its reason. Killed at any moment, the same call goes on behind the last finished chunk, and the files come out the same.
 *
 * @throws TG-SCORE-FORMAT, TG-SCORE-INPUT, TG-SCORE-COLUMN; what reading features and running the model throw
 */
export async function scoreFile(order: ScoreOrder): Promise<ScoredJob> {
  for (const path of [order.input, order.output, order.quarantine]) tableFormat(path);
  if (!(await exists(order.input)))
    throw failure('TG-SCORE-INPUT', `Cannot read "${order.input}": there is no such file`, 'Correct its path');
  order.progress('reading the input', 0);
  const input = { stamp: await stampOf(order.input), ...(await measureFile(order.input)) };
  const meaning = meaningOf(order, input.digest);
  const folder = jobFolder(order.scores, order.project, jobKey(meaning));
  for (let attempt = 0; ; attempt++) {
    order.signal.throwIfAborted();
    using lock = tryLock(join(folder.path, 'job.lock'));
    if (lock !== null) return await work(order, { folder, meaning, input });
    if (attempt === 0) order.progress('waiting for another process that scores the same rows', 0);
    await wait(100);
  }
}

function meaningOf({ release, asOfMs, versions, declared, chunkRows, tidegate, ...order }: ScoreOrder, input: Digest): JobMeaning {
  return { input, inputFormat: tableFormat(order.input), release, asOfMs, datasets: versions, variables: declared, chunkRows, tidegate };
}

interface Begun {
  readonly folder: JobFolder;
  readonly meaning: JobMeaning;
  readonly input: { readonly stamp: string; readonly digest: Digest; readonly bytes: number };
}

async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}

async function work(order: ScoreOrder, { folder, meaning, input }: Begun): Promise<ScoredJob> {
  const { clock, signal } = order;
  const before = await readReceipt(folder.path);
  if (before?.moments.from === 'now') await forgetJob(folder);
  else if (before !== null && (await isThere(before, order))) return { receipt: before, outcome: 'unchanged' };
  const job = await beginJob(folder, { format: 'tidegate.score-job/1', meaning, nowMs: clock.now() });
  const resumed = (await finishedParts(folder)).length;
  const manifest = await readRelease(order.store, order.release);
  using engine = await openEngine({ threads: 1, memory: '200MB', spill: join(folder.work, 'spill'), signal });
  const { records, moments } = await scoreParts(engine, {
    order,
    manifest,
    job,
    folder,
    check: () => requireSame(order.input, input.stamp),
  });
  order.progress('writing the output', rowsIn(records));
  const paths = records.map((_, index) => partPaths(folder.chunks, index));
  const receipt: ScoreReceipt = {
    format: 'tidegate.score-receipt/1',
    job: jobKey(meaning),
    project: order.project,
    service: manifest.service,
    release: order.release,
    commit: order.commit,
    model: { name: manifest.model.name, version: manifest.model.version },
    environment: order.environment,
    input: { path: order.input, digest: input.digest, bytes: input.bytes, rows: rowsIn(records) },
    scored: records.reduce((sum, record) => sum + record.scored, 0),
    quarantined: records.reduce((sum, record) => sum + record.rows - record.scored, 0),
    codes: codesIn(records),
    output: await writeTable(
      engine,
      paths.map((one) => one.scored),
      order.output,
    ),
    quarantine: await writeTable(
      engine,
      paths.map((one) => one.quarantine),
      order.quarantine,
    ),
    moments: { ...moments, earliest: least(records, 'earliest'), latest: least(records, 'latest') },
    datasets: order.versions,
    refusedData: order.refusedData,
    chunks: { size: order.chunkRows, count: records.length, resumed },
    startedAt: new Date(job.nowMs).toISOString(),
    endedAt: isoTime(clock),
    tidegate: order.tidegate,
  };
  await writeReceipt(folder, receipt);
  await rm(folder.work, { recursive: true, force: true });
  await tidyJobs(order.scores, order.project, clock.now());
  return { receipt, outcome: before !== null && resumed === records.length ? 'written' : 'scored' };
}

/** A receipt whose files are there as it says. */
async function isThere(receipt: ScoreReceipt, { output, quarantine }: ScoreOrder): Promise<boolean> {
  const isSame = async (file: ScoredFile, path: string): Promise<boolean> =>
    file.path === path && (await exists(path)) && (await digestOfFile(path)) === file.digest;
  return (await isSame(receipt.output, output)) && isSame(receipt.quarantine, quarantine);
}

async function requireSame(path: string, stamp: string): Promise<void> {
  if ((await stampOf(path).catch(() => '')) === stamp) return;
  throw failure('TG-SCORE-INPUT', `Cannot score "${path}": it changed while it was read`, 'Score it again when nobody writes to it');
}

function rowsIn(records: readonly PartRecord[]): number {
  return records.reduce((sum, record) => sum + record.rows, 0);
}

function codesIn(records: readonly PartRecord[]): ScoreReceipt['codes'] {
  const codes: { [code: string]: number } = {};
  for (const record of records) for (const [code, rows] of Object.entries(record.codes)) codes[code] = (codes[code] ?? 0) + rows;
  return Object.fromEntries(Object.entries(codes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The earliest of the earliest, or the latest of the latest. */
function least(records: readonly PartRecord[], end: 'earliest' | 'latest'): string | null {
  const times = records.flatMap((record) => record[end] ?? []).toSorted();
  return (end === 'earliest' ? times[0] : times.at(-1)) ?? null;
}
