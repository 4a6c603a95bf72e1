import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, openEngine, quoteText } from '../engine.ts';
import { tryLock } from '../exclusive-lock.ts';
import { cutTornLine, type FoundSegment, segmentsIn } from './segments.ts';
import { segmentQuery } from './segment-query.ts';

/** What became of a segment; a line of `segments.jsonl` in the log's folder. */
export interface CompactedSegment {
  readonly segment: string;
  readonly file: string;
  readonly rows: number;
  /** False when its server was killed: rows of its last moments may be missing. */
  readonly inOrder: boolean;
  readonly tornBytes: number;
}

/**
 * Turns every segment that no server writes any more into a Parquet file `day=YYYY-MM-DD/SEGMENT.parquet`, and removes the oldest
 * files beyond `keepBytes`. Killed at any moment, the next call ends it: a file appears whole under a name that the segment gives.
 *
 * @returns the segments in order; null when another process does it now
 */
export async function compactLog(folder: string, keepBytes: number): Promise<readonly CompactedSegment[] | null> {
  if ((await stat(folder).catch(() => null)) === null) return []; // it went while this process started
  using lock = tryLock(join(folder, 'compact.lock'));
  if (lock === null) return null;
  const done: CompactedSegment[] = [];
  const segments = (await segmentsIn(folder)).filter(({ state }) => state !== 'open');
  if (segments.length > 0) {
    using engine = await openEngine({ threads: 1, memory: '256MB' });
    for (const segment of segments) done.push(await compact(engine, folder, segment));
  }
  await removeOldest(folder, keepBytes);
  return done;
}

async function compact(engine: Engine, folder: string, segment: FoundSegment): Promise<CompactedSegment> {
  const { name, path, header, state } = segment;
  const tornBytes = state === 'torn' ? await cutTornLine(path) : 0;
  const day = `day=${header.startedAt.slice(0, 10)}`;
  const file = `${day}/${name}.parquet`;
  await mkdir(join(folder, day), { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `.tmp-${process.pid}-${name}`);
  await engine.run(`COPY (${segmentQuery(path, header)}) TO ${quoteText(unfinished)} (FORMAT parquet, COMPRESSION zstd)`);
  const [counted] = await engine.rows(`SELECT count(*) AS rows FROM read_parquet(${quoteText(unfinished)})`);
  const rows = Number(counted?.['rows'] ?? 0);
  const result = { segment: name, file, rows, inOrder: state === 'closed', tornBytes };
  if (rows > 0) await rename(unfinished, join(folder, file));
  else await rm(unfinished);
  await appendFile(join(folder, 'segments.jsonl'), `${JSON.stringify(result)}\n`, { mode: 0o600 });
  await rm(path);
  return result;
}

async function removeOldest(folder: string, keepBytes: number): Promise<void> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet')).toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  for (const [index, name] of names.entries()) {
    if (bytes <= keepBytes) return;
    await rm(join(folder, name));
    bytes -= sizes[index] ?? 0;
  }
}
