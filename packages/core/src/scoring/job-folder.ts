import { join } from 'node:path';
import { canonicalJson, type Digest, hexOf, requireFormat, type ScoreReceipt, storedRecord } from '@tidegate/formats';
import { digestOfBytes, mkdir, readdir, readTextIfThere, rm, writeFileAtomically } from '../platform/index.ts';
import { type PartRecord, partPaths } from './score-part.ts';

/** Everything that decides what comes out of a job; its digest is the job's key. */
export interface JobMeaning {
  /** Of the input's content. */
  readonly input: Digest;
  readonly inputFormat: 'parquet' | 'csv';
  readonly release: Digest;
  /** The moment that was asked for all rows, milliseconds since 1970; null = each row's own, or now. */
  readonly asOfMs: number | null;
  readonly datasets: { readonly [dataset: string]: Digest };
  /** Variables that the environment declares for the model. */
  readonly variables: { readonly [name: string]: string };
  /** Rows of a chunk: the last bits of a prediction may depend on how many rows are predicted together. */
  readonly chunkRows: number;
  /** Version of Tidegate. */
  readonly tidegate: string;
}

/** A job that was begun. Format: docs/reference/formats/score-job.md. */
export interface ScoreJob {
  readonly format: 'tidegate.score-job/1';
  readonly meaning: JobMeaning;
  /** What "now" means in this job, milliseconds since 1970. */
  readonly nowMs: number;
}

export function jobKey(meaning: JobMeaning): Digest {
  return digestOfBytes(canonicalJson({ format: 'tidegate.score-job/1', ...meaning }));
}

/** The folder of a job. Of several processes only the one that holds the lock `job.lock` may write there. */
export interface JobFolder {
  readonly path: string;
  /** For files that nobody needs later. */
  readonly work: string;
  readonly chunks: string;
}

export function jobFolder(scores: string, project: string, key: Digest): JobFolder {
  const path = join(scores, project, hexOf(key).slice(0, 16));
  return { path, work: join(path, 'work'), chunks: join(path, 'chunks') };
}

/** Goes on with a job that was begun, or begins it. What an earlier process was working at is thrown away, what it finished stays. */
export async function beginJob(folder: JobFolder, fresh: ScoreJob): Promise<ScoreJob> {
  const text = await readTextIfThere(join(folder.path, 'job.json'));
  await rm(folder.work, { recursive: true, force: true });
  if (text === null) await rm(folder.chunks, { recursive: true, force: true });
  for (const path of [folder.work, folder.chunks]) await mkdir(path, { recursive: true });
  if (text !== null) return jobOf(JSON.parse(text), folder.path);
  await writeFileAtomically(join(folder.path, 'job.json'), JSON.stringify(fresh));
  return fresh;
}

function jobOf(value: unknown, name: string): ScoreJob {
  requireFormat('tidegate.score-job/1', value, name);
  return value as ScoreJob;
}

/** Forgets what was done, so that the job begins anew. */
export async function forgetJob(folder: JobFolder): Promise<void> {
  await rm(join(folder.path, 'job.json'), { force: true }); // first: without it nothing else counts
  await rm(folder.chunks, { recursive: true, force: true });
}

/** The records of the chunks that are finished, from the first one on. */
export async function finishedParts(folder: JobFolder): Promise<readonly PartRecord[]> {
  const records: PartRecord[] = [];
  for (;;) {
    const text = await readTextIfThere(partPaths(folder.chunks, records.length).record);
    if (text === null) return records;
    records.push(JSON.parse(text) as PartRecord); // written whole, by us
  }
}

export async function writeReceipt(folder: JobFolder, receipt: ScoreReceipt): Promise<void> {
  await writeFileAtomically(join(folder.path, 'receipt.json'), `${JSON.stringify(receipt, null, 2)}\n`);
}

/** Null when the job has not been finished. @throws TG-STORE-RECORD */
export async function readReceipt(folder: string): Promise<ScoreReceipt | null> {
  const text = await readTextIfThere(join(folder, 'receipt.json'));
  return text === null ? null : storedRecord('tidegate.score-receipt/1', JSON.parse(text), folder);
}

/** The receipts of a project, newest first. @throws TG-STORE-RECORD */
export async function listReceipts(scores: string, project: string): Promise<readonly ScoreReceipt[]> {
  const names = await readdir(join(scores, project)).catch(() => []);
  const receipts = await Promise.all(names.map((name) => readReceipt(join(scores, project, name))));
  return receipts.flatMap((receipt) => receipt ?? []).toSorted((a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt));
}

/** Milliseconds that the chunks of a finished job are kept, so that its output can be written again without scoring. */
const keptMs = 7 * 86_400_000;

/** Removes the chunks of jobs that were finished long ago; receipts stay. */
export async function tidyJobs(scores: string, project: string, nowMs: number): Promise<void> {
  for (const receipt of await listReceipts(scores, project))
    if (nowMs - Date.parse(receipt.endedAt) > keptMs) await forgetJob(jobFolder(scores, project, receipt.job));
}
