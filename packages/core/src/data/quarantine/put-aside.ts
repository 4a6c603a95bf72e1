import { join } from 'node:path';
import { type Artifact, failure } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { QuarantineConfig } from '../../config/index.ts';
import { digestOfFile, stat } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { compileChecks } from '../checks/compile-checks.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { fileSql, measuredColumns, measuredRows } from '../profile/measured-rows.ts';
import type { DatasetFile } from '../read/dataset-file.ts';
import type { DatasetTable } from '../read/dataset-table.ts';
import { namingFiles } from '../read/read-failure.ts';
import { treeArtifact } from '../tree-artifact.ts';
import { failingRows, type FailingRows, placeColumn } from './failing-rows.ts';
import { withoutRows } from './without-rows.ts';

export interface PutAsideOptions {
  readonly dataset: string;
  readonly contract: DataContract | null;
  readonly time: string | null;
  readonly quarantine: QuarantineConfig;
  readonly store: ObjectStore;
  /** For files of its own, which stay as long as the version is made. */
  readonly folder: string;
  /** Whether files without their rows are kept in the store, as those of a version are. */
  readonly keepFiles: boolean;
}

/** What became of rows that break checks. */
export interface PutAside {
  /** The rows with the names of the checks that they break, as one Parquet file; a file of no rows when there are none. */
  readonly artifact: Artifact;
  readonly rows: number;
  readonly of: number;
  /** How many break each check, by name. */
  readonly counts: FailingRows['counts'];
  /** The files without these rows; null when they stay in, so that the checks fail. */
  readonly files: readonly DatasetFile[] | null;
}

/** Columns of the quarantine beside those of the data. */
const failedColumn = 'tidegate_failed';
const pathColumn = 'tidegate_file';

/**
 * Copies the rows that break checks into a file of their own and, where the version is to go on without them, the other rows into files in the place of
 * theirs. A file of which no row is left is left out; where no row at all is left, nothing is, and the checks fail.
 *
 * @throws TG-DATA-QUARANTINE
 */
export async function putAside(engine: Engine, table: DatasetTable, options: PutAsideOptions): Promise<PutAside> {
  const { dataset, contract, time, quarantine, store, folder } = options;
  if (contract === null)
    throw failure(
      'TG-DATA-QUARANTINE',
      `Cannot put rows of data.${dataset} aside: it has no data contract that they could break`,
      `Add "contract:" to "${dataset}" in tidegate.yaml, or delete its "quarantine:"`,
    );
  return namingFiles(table.files, async () => {
    const rows = measuredRows(table);
    const checks = compileChecks({ contract, columns: measuredColumns(table, new Set()), time });
    const failing = await failingRows(engine, { checks, rows, wanted: quarantine, dataset });
    await engine.run(`CREATE TEMP TABLE q_aside AS ${asideSql(table, rows, failing)}`);
    const file = join(folder, 'quarantine.parquet');
    await engine.run(
      `COPY (SELECT * EXCLUDE (q_file, q_at, ${placeColumn}) FROM q_aside ORDER BY ${placeColumn}) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const artifact = await treeArtifact(store, [{ path: `${dataset}.quarantine.parquet`, ...(await store.putFile(file)) }]);
    const [count = {}] = await engine.rows(`SELECT (SELECT count(*) FROM q_aside) AS aside, (SELECT count(*) FROM (${rows})) AS rows`);
    const [aside, of] = [Number(count['aside'] ?? 0), Number(count['rows'] ?? 0)];
    const files = quarantine.goesOn && aside > 0 && aside < of ? await remaining(engine, table, options) : null;
    await engine.run('DROP TABLE q_aside');
    return { artifact, rows: aside, of, counts: failing?.counts ?? {}, files };
  });
}

/** SELECT of the rows as the files have them, with where each is from and what it breaks. */
function asideSql(table: DatasetTable, rows: string, failing: FailingRows | null): string {
  const cells = table.columns.map(({ name }, index) => `c${index} AS ${quoteName(name)}`);
  const paths = [...table.filesByKey].map(([key, { path }]) => `(${quoteText(key)}, ${quoteText(path)})`);
  const marked = failing?.marked ?? `SELECT *, row_number() OVER () AS ${placeColumn} FROM (${rows})`;
  const names = failing?.names ?? `CAST([] AS VARCHAR[])`;
  const all = `SELECT *, row_number() OVER (PARTITION BY ${fileSql} ORDER BY ${placeColumn}) - 1 AS q_at, ${names} AS q_names FROM (${marked})`;
  return `SELECT ${cells.join(', ')}, q_names AS ${failedColumn}, p.path AS ${pathColumn}, ${fileSql} AS q_file, q_at, ${placeColumn}
    FROM (${all}) JOIN (VALUES ${paths.join(', ')}) AS p(key, path) ON p.key = ${fileSql} WHERE len(q_names) > 0`;
}

async function remaining(
  engine: Engine,
  table: DatasetTable,
  { store, folder, keepFiles }: PutAsideOptions,
): Promise<readonly DatasetFile[]> {
  const changed = new Set((await engine.rows('SELECT DISTINCT q_file FROM q_aside')).map((row) => String(row['q_file'])));
  const files: DatasetFile[] = [];
  for (const [index, [key, file]] of [...table.filesByKey].entries()) {
    if (!changed.has(key)) files.push(file);
    else {
      const to = join(folder, `without-${index}`);
      const places = `SELECT q_at FROM q_aside WHERE q_file = ${quoteText(key)}`;
      const kept = await withoutRows(engine, file, { format: table.format, places, to });
      if (kept > 0) files.push(await fileAt(to, { path: file.path, store, keepFiles }));
    }
  }
  const order = new Map(table.files.map(({ path }, index) => [path, index]));
  return files.toSorted((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0));
}

async function fileAt(
  object: string,
  { path, store, keepFiles }: { readonly path: string; readonly store: ObjectStore; readonly keepFiles: boolean },
): Promise<DatasetFile> {
  if (!keepFiles) return { path, digest: await digestOfFile(object), bytes: (await stat(object)).size, object };
  const { digest, bytes } = await store.putFile(object);
  return { path, digest, bytes, object: await store.pathOf(digest) };
}
