import { join } from 'node:path';
import type { Digest, FeatureColumn, ReleaseManifest } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { rm } from '../../platform/index.ts';
import { looksUp, type Scorer } from '../scorer.ts';
import { readScored, resultColumns } from '../result-columns.ts';
import { type ComparedFeature, comparedFeatures, comparison } from './comparison.ts';
import { incomparable, nothing, outputColumns, sum, type Tally, tallyOf } from './tally.ts';

export interface ReleaseToReplay {
  readonly release: Digest;
  readonly manifest: ReleaseManifest;
  readonly scorer: Scorer;
  /** Names whose values the log has as hashes. */
  readonly hidden: readonly string[];
  /** A table of the engine with the rows of the release, with columns as `predictionsQuery` has them. */
  readonly logged: string;
  readonly tolerance: number;
  /** Folder to work in, with a folder `compared` for what comes out. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** @param rows compared so far */
  readonly progress: (rows: number) => void;
}

export interface ReplayedPart {
  readonly tally: Tally;
  /** Parquet files with a row for each prediction compared. */
  readonly files: readonly string[];
}

/** Rows compared at once. */
const rowsAtOnce = 50_000;

/** Scores the logged rows of a release again, as of the same moments, and compares what comes out with what was answered. */
export async function replayRelease(engine: Engine, order: ReleaseToReplay): Promise<ReplayedPart> {
  const { manifest, scorer, hidden, logged, signal } = order;
  const columns = new Set((await engine.describe(`SELECT * FROM ${logged}`)).map(({ name }) => name));
  const fields = scorer.fields.map((field) => ({
    ...field,
    column: [`field.${field.name}`, `input.${field.name}`].find((name) => columns.has(name)) ?? null,
  }));
  const hashes = fields.filter(({ name, column }) => hidden.includes(name) && column !== null);
  const isHidden = hashes.map(({ column }) => `${quoteName(column ?? '')} IS NOT NULL`).join(' OR ') || 'false';
  const [counted] = await engine.rows(`SELECT count(*) AS rows, count(*) FILTER (${isHidden}) AS hidden FROM ${logged}`);
  await engine.run(
    `CREATE OR REPLACE TABLE clear AS SELECT row_number() OVER (ORDER BY id) AS row, * FROM ${logged} WHERE NOT (${isHidden})`,
  );
  const rows = Number(counted?.['rows']) - Number(counted?.['hidden']);
  const features = comparedFeatures(manifest, hidden).filter(({ name }) => columns.has(`input.${name}`));
  let tally = incomparable(Number(counted?.['hidden']));
  const files: string[] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) {
    signal.throwIfAborted();
    order.progress(from);
    await engine.run(`CREATE OR REPLACE TABLE piece AS SELECT * FROM clear WHERE row > ${from} AND row <= ${from + rowsAtOnce}`);
    await comparePiece(engine, order, { fields, features });
    tally = sum(tally, await tallyOf(engine, 'compared', { features, release: order.release }));
    const file = join(order.folder, 'compared', `${order.release.slice(7, 23)}-${files.length}.parquet`);
    await engine.run(`COPY (${outputColumns('compared', features, order.release)}) TO ${quoteText(file)} (FORMAT parquet)`);
    files.push(file);
  }
  return { tally: rows === 0 ? sum(nothing, tally) : tally, files };
}

interface Columns {
  readonly fields: readonly (FeatureColumn & { readonly column: string | null })[];
  readonly features: readonly ComparedFeature[];
}

/**
 * Compares the rows of the table `piece` into the table `compared`. Of numbers in 32 bits the last ones depend on how many rows are predicted
 * together, so what differs with the same features is predicted once more by itself, as most requests are.
 */
async function comparePiece(engine: Engine, order: ReleaseToReplay, { fields, features }: Columns): Promise<void> {
  const { manifest, folder, tolerance } = order;
  const [requests, again] = [join(folder, 'requests.parquet'), join(folder, 'again.parquet')];
  const cells = fields.map(({ column }, index) => `${column === null ? 'NULL' : quoteName(column)} AS field_${index}`);
  const moment = looksUp(manifest) ? ['"at" AS moment', 'true AS has_moment', 'NULL::VARCHAR AS moment_text'] : [];
  await engine.run(`COPY (SELECT ${['row', ...moment, ...cells].join(', ')} FROM piece) TO ${quoteText(requests)} (FORMAT parquet)`);
  await scoreInto(engine, order, { requests, table: 'scored', alone: false });
  const found = looksUp(manifest) ? `read_parquet(${quoteText(join(folder, 'found.scored.parquet'))})` : null;
  const compare = `CREATE OR REPLACE TABLE compared AS ${comparison({ manifest, features, tolerance, logged: 'piece', scored: 'scored', found })}`;
  await engine.run(compare);
  const same = features.map((_, i) => `state_${i} = 'same'`).join(' AND ') || 'true';
  const doubtful = `SELECT row FROM compared WHERE outcome IN ('close', 'differs') AND ${same} ORDER BY row LIMIT ${mostAlone}`;
  await engine.run(
    `COPY (SELECT r.* FROM read_parquet(${quoteText(requests)}) r SEMI JOIN (${doubtful}) d ON r.row = d.row) TO ${quoteText(again)} (FORMAT parquet)`,
  );
  await scoreInto(engine, order, { requests: again, table: 'alone', alone: true });
  await engine.run('DELETE FROM scored WHERE row IN (SELECT row FROM alone); INSERT INTO scored BY NAME SELECT * FROM alone');
  await engine.run(compare);
}

/** Rows of a piece that are predicted by themselves: each costs a call of the model. */
const mostAlone = 2_000;

interface Scoring {
  readonly requests: string;
  readonly table: string;
  readonly alone: boolean;
}

async function scoreInto(
  engine: Engine,
  { scorer, folder, manifest }: ReleaseToReplay,
  { requests, table, alone }: Scoring,
): Promise<void> {
  const lines = join(folder, 'replayed.jsonl');
  await rm(lines, { force: true });
  await scorer.score({ requests, found: join(folder, `found.${table}.parquet`), output: lines, alone });
  await engine.run(`CREATE OR REPLACE TABLE ${table} AS FROM ${readScored(lines, resultColumns(manifest))}`);
}
