import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { failure, type Json } from '@tidegate/formats';
import { type Engine, openEngine, quoteText, tryLock } from '@tidegate/runtime';
import { pushedFile } from '../../config/index.ts';
import { judgePushedRows, type RejectedRow, rowReading, scratchFolder } from '../../data/index.ts';
import { exists, mkdir, readdir, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../../platform/index.ts';
import { contractOf, newestVersion } from '../data/readings/dataset-readings.ts';
import { requireDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';

export interface PushRequest {
  /** A dataset with `push:` in `tidegate.yaml`. */
  readonly dataset: string;
  /** Objects by column, as JSON has them: times as ISO 8601 text (UTC without an offset), whole numbers beyond 2^53 as text. */
  readonly rows: readonly Json[];
  /** The moment on the event clock at which they arrive: its day (UTC) names the file. Milliseconds since 1970. */
  readonly nowMs: number;
  /** A name the sender has for these rows: rows that come again under the same name are not added again. Default: none. */
  readonly batch?: string | null;
  readonly signal?: AbortSignal;
}

export interface PushResult {
  /** Rows that were added, and are durable. */
  readonly accepted: number;
  /** Rows that were not, each with the first thing that is wrong with it; in the order of the request. */
  readonly rejected: readonly RejectedRow[];
  /** Whether a batch of that name had been added before, so that nothing was done. */
  readonly repeated: boolean;
  /** The file they are in, relative to the project; null when no row was added. */
  readonly file: string | null;
}

/** Rows that one request may bring. */
const mostRows = 100_000;

/**
 * Adds rows to a dataset: to the Parquet file of the day in its folder for pushed rows, which appears anew whole or not at all. The rows are
 * rows of the dataset from then on, for runs and for {@link refreshFeatures} alike. Rows that the dataset cannot take, and rows that break a
 * row check of its data contract, are rejected one by one. Pushes of several processes come one after another.
 *
 * @throws TG-CLI-NOT-FOUND when there is no such dataset; TG-DATA-PUSH when it takes no rows
 */
export async function pushRows(project: Project, request: PushRequest): Promise<PushResult> {
  const { dataset, rows, signal = new AbortController().signal } = request;
  const folder = await pushFolder(project, dataset);
  if (rows.length > mostRows)
    throw failure(
      'TG-DATA-PUSH',
      `Cannot push ${rows.length} rows of "data.${dataset}" at once: the limit is ${mostRows}`,
      'Push them in several requests',
    );
  const scratch = await scratchFolder();
  try {
    using lock = await lockOf(join(project.home.deployments, project.name, `push.${dataset}.lock`), signal);
    void lock;
    using engine = await openEngine({ threads: 1, memory: '1GB', spill: join(scratch, 'spill'), signal });
    return await addRows(engine, project, { ...request, folder, scratch });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pushFolder(project: Project, dataset: string): Promise<string> {
  requireDataset(project, dataset);
  const push = project.config.data[dataset]?.push ?? null;
  if (push === null)
    throw failure(
      'TG-DATA-PUSH',
      `Cannot push rows of "data.${dataset}": it has no folder for them`,
      `Add it to tidegate.yaml, with a pattern that reads it: push: data/${dataset}/pushed`,
    );
  return push;
}

async function lockOf(path: string, signal: AbortSignal): Promise<Disposable> {
  for (;;) {
    const lock = tryLock(path);
    if (lock !== null) return lock;
    await wait(10, undefined, { signal });
  }
}

interface Addition extends PushRequest {
  readonly folder: string;
  readonly scratch: string;
}

async function addRows(
  engine: Engine,
  project: Project,
  { dataset, rows, nowMs, batch = null, folder, scratch }: Addition,
): Promise<PushResult> {
  const into = join(project.root, folder);
  const name = batch === null ? null : batchName(batch);
  if (name !== null && (await batchesIn(engine, into)).has(name)) return { accepted: 0, rejected: [], repeated: true, file: null };
  const version = await newestVersion(project, dataset);
  if (version === null || version.fileFormat !== 'parquet') throw notReady(dataset, version?.fileFormat ?? null);
  const contract = await contractOf(project, dataset);
  const reading = rowReading(version, { contract, time: project.config.data[dataset]?.time ?? null });
  const required = (contract?.columns ?? [])
    .filter(
      (column) => (column.required || column.keyPosition !== null) && version.columns.some(({ name: known }) => known === column.name),
    )
    .map((column) => column.name);
  const file = join(scratch, 'accepted.parquet');
  const { accepted, rejected } = await judgePushedRows(engine, { reading, required, rows, folder: scratch, file });
  if (accepted === 0) return { accepted, rejected, repeated: false, file: null };
  const path = join(folder, pushedFile(new Date(nowMs).toISOString().slice(0, 10)));
  await append(engine, join(project.root, path), { file, batch: name });
  return { accepted, rejected, repeated: false, file: path };
}

function notReady(dataset: string, format: string | null): Error {
  if (format === null)
    return failure(
      'TG-DATA-PUSH',
      `Cannot push rows of "data.${dataset}": no run has read it, so that its columns are not known`,
      `Run "tidegate run data.${dataset}" first`,
    );
  return failure(
    'TG-DATA-PUSH',
    `Cannot push rows of "data.${dataset}": its files are ${format}, and pushed rows are kept as Parquet`,
    `Convert the files of "data.${dataset}" to Parquet`,
  );
}

/** Names of batches may be long or personal: only this much of them is kept. */
function batchName(batch: string): string {
  return createHash('sha256').update(batch).digest('hex').slice(0, 32);
}

/** In the metadata of a Parquet file, so that rows and the names of their batches appear at once. */
const batchesKey = 'tidegate.batches';

/** Batches that were added, in the files of any day. */
async function batchesIn(engine: Engine, folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const names = (await exists(folder)) ? await readdir(folder) : [];
  for (const name of names.filter((candidate) => /^pushed-[\d-]+\.parquet$/.test(candidate)))
    for (const batch of await batchesOf(engine, join(folder, name))) found.add(batch);
  return found;
}

async function batchesOf(engine: Engine, path: string): Promise<readonly string[]> {
  const rows = await engine.rows(
    `SELECT decode(value) AS value FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = ${quoteText(batchesKey)}`,
  );
  return rows.flatMap(({ value }) => String(value).split(' '));
}

/** The file with what it held and the rows of another one: made beside it, made durable, and put in its place. */
async function append(
  engine: Engine,
  path: string,
  { file, batch }: { readonly file: string; readonly batch: string | null },
): Promise<void> {
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  const isThere = await exists(path);
  const batches = [...(isThere ? await batchesOf(engine, path) : []), ...(batch === null ? [] : [batch])];
  const files = [...(isThere ? [path] : []), file].map((one) => `SELECT * FROM read_parquet(${quoteText(one)})`);
  const metadata = batches.length === 0 ? '' : `, KV_METADATA { ${quoteText(batchesKey)}: ${quoteText(batches.join(' '))} }`;
  const temporary = temporaryBeside(path);
  try {
    await engine.run(
      `COPY (${files.join(' UNION ALL BY NAME ')}) TO ${quoteText(temporary)} (FORMAT parquet, COMPRESSION zstd${metadata})`,
    );
    await syncFile(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  syncFolder(folder);
}
