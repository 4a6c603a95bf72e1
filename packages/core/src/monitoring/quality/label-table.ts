import { type Engine, quoteName, quoteText } from '@tidegate/runtime';

/** A file with labels where it lies. */
export interface LabelFile {
  /** Relative to the project. */
  readonly path: string;
  /** Where its bytes are. */
  readonly file: string;
}

export interface LabelTableRequest {
  readonly files: readonly LabelFile[];
  /** Column with the truth. */
  readonly label: string;
  /** Labels of a later time are not known yet. Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What the files hold. */
export interface LabelTable {
  readonly duplicates: number;
  readonly notYetKnown: number;
  /** Rows without an id or a time. */
  readonly incomplete: number;
}

/**
 * Makes a table `labels` with one row for each prediction id: `id`, `label` (text), `first_ms` (when it was labelled first) and `state`: `known`;
 * `corrected` where labels differ and the latest is taken; `contradicting` where the latest differ among themselves, so that none is.
 *
 * @returns what the files hold, or what is wrong with them
 */
export async function labelTable(
  engine: Engine,
  { files, label, nowMs }: LabelTableRequest,
): Promise<LabelTable | { readonly problem: string }> {
  const problem = await wrongWith(engine, files, label);
  if (problem !== null) return { problem };
  const rows = files
    .map(({ file }) => `SELECT ${['prediction_id', label, 'labelled_at'].map(text).join(', ')} FROM ${readerOf(file)}`)
    .join(' UNION ALL ');
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE label_rows AS
     SELECT id, label, ${samenessSql} AS sameness, epoch_ms(labelled) AS at_ms
     FROM (SELECT prediction_id AS id, ${quoteName(label)} AS label, TRY_CAST(labelled_at AS TIMESTAMP) AS labelled FROM (${rows}))
     WHERE nullif(label, 'nan') IS NOT NULL`,
  );
  const isKnown = `at_ms <= ${Math.floor(nowMs)}`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE labels AS
     WITH known AS (SELECT DISTINCT id, label, sameness, at_ms FROM label_rows WHERE id IS NOT NULL AND ${isKnown}),
     latest AS (SELECT *, max(at_ms) OVER (PARTITION BY id) AS latest_ms FROM known)
     SELECT id, min(label) FILTER (at_ms = latest_ms) AS label, min(at_ms) AS first_ms,
       CASE WHEN count(DISTINCT sameness) FILTER (at_ms = latest_ms) > 1 THEN 'contradicting'
            WHEN count(DISTINCT sameness) > 1 THEN 'corrected' ELSE 'known' END AS state
     FROM latest GROUP BY id`,
  );
  const [found = {}] = await engine.rows(
    `SELECT count(*) FILTER (${isKnown} AND id IS NOT NULL) - (SELECT count(*) FROM (SELECT DISTINCT id, sameness, at_ms FROM label_rows WHERE ${isKnown} AND id IS NOT NULL)) AS duplicates,
       count(*) FILTER (NOT ${isKnown}) AS later, count(*) FILTER (id IS NULL OR at_ms IS NULL) AS incomplete FROM label_rows`,
  );
  return { duplicates: Number(found['duplicates']), notYetKnown: Number(found['later']), incomplete: Number(found['incomplete']) };
}

/** The same label is written in several ways: `true` and `1`, `2` and `2.0`. */
const samenessSql = `coalesce(CAST(TRY_CAST(trim(label) AS DOUBLE) AS VARCHAR),
  CASE lower(trim(label)) WHEN 'true' THEN '1.0' WHEN 'false' THEN '0.0' ELSE trim(label) END)`;

function text(column: string): string {
  return `CAST(${quoteName(column)} AS VARCHAR) AS ${quoteName(column)}`;
}

function readerOf(file: string): string {
  const path = quoteText(file.replace(/[[*?]/g, '[$&]'));
  return file.endsWith('.csv') ? `read_csv(${path}, header = true, all_varchar = true)` : `read_parquet(${path})`;
}

async function wrongWith(engine: Engine, files: readonly LabelFile[], label: string): Promise<string | null> {
  for (const { path, file } of files) {
    if (!/\.(csv|parquet)$/.test(file)) return `"${path}" is neither a Parquet nor a CSV file`;
    try {
      const columns = (await engine.describe(`SELECT * FROM ${readerOf(file)}`)).map(({ name }) => name);
      const missing = ['prediction_id', label, 'labelled_at'].find((column) => !columns.includes(column));
      if (missing !== undefined) return `"${path}" has no column "${missing}"`;
    } catch (error) {
      return `"${path}" cannot be read: ${firstLine(error)}`;
    }
  }
  return null;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, 200);
}
