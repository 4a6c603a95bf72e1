import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { entryAt, existsSync, renameSync } from '../../platform/index.ts';

/** What was done about a state that was damaged or emptied. */
export interface Healed {
  /** Where the damaged file is now; null when there was only an empty one. */
  readonly aside: string | null;
  /** Rows of histories and of runs that were taken over. */
  readonly kept: number;
}

/** What no run makes again, each with its columns; results are left out, for the next run makes them. */
const lasting: { readonly [table: string]: readonly string[] } = {
  deployment: ['project', 'environment', 'sequence', 'record'],
  fine_note: ['project', 'dataset', 'id', 'at', 'record'],
  forgetting: ['id', 'project', 'dataset', 'record', 'going', 'begun_at', 'done_at'],
  loop_note: ['project', 'sequence', 'kind', 'record'],
  monitor_check: ['project', 'monitor', 'sequence', 'record'],
  retraining: ['project', 'monitor', 'sequence', 'record'],
  measured_version: ['project', 'dataset', 'version', 'at', 'record'],
  model_version: ['digest', 'project', 'model', 'run', 'record', 'made_at'],
  pin: ['name', 'project', 'digests', 'run', 'made_at'],
  project: ['name', 'root', 'keep_runs', 'keep_days', 'seen_at'],
  replaced: ['project', 'old', 'new', 'forgetting'],
  release: ['digest', 'project', 'service', 'run', 'commit_id', 'made_at'],
  release_signature: ['release', 'key', 'bundle'],
};

/** How tables of an older schema give the same rows. */
const older: { readonly [table: string]: string } = {
  replaced: 'SELECT f.project AS project, r.old, r.new, r.forgetting FROM replaced AS r JOIN forgetting AS f ON f.id = r.forgetting',
};

/**
 * Moves a damaged database away, under a name that says which one it was; of several processes one does it.
 *
 * @returns where it is now; null when another process was first
 */
export function setAsideState(path: string, inode: bigint | null): string | null {
  if (inode === null || entryAt(path)?.ino !== inode) return null;
  const aside = `${path}.${inode}.corrupt`;
  for (const ending of ['', '-wal', '-shm']) if (existsSync(`${path}${ending}`)) renameSync(`${path}${ending}`, `${aside}${ending}`);
  return aside;
}

/** Takes over what can still be read of a damaged database: of each table the rows before the damage. */
export function salvage(aside: string, into: DatabaseSync): number {
  let kept = 0;
  try {
    using from = new DatabaseSync(aside);
    for (const [table, columns] of Object.entries(lasting)) kept += copyRows(from, into, { table, columns });
  } catch {
    // not a database at all
  }
  return kept;
}

function copyRows(
  from: DatabaseSync,
  into: DatabaseSync,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
): number {
  const places = columns.map(() => '?').join(', ');
  const insert = into.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`);
  let kept = 0;
  try {
    for (const row of from.prepare(rowsOf(from, { table, columns })).iterate()) {
      const values = columns.map((column): SQLInputValue => row[column] ?? null);
      if (isWhole(row['record'])) kept += Number(insert.run(...values).changes);
    }
  } catch {
    // from here on the table is damaged, or it is of an older schema
  }
  return kept;
}

function rowsOf(from: DatabaseSync, { table, columns }: { readonly table: string; readonly columns: readonly string[] }): string {
  const there = new Set(
    from
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map((row) => row['name']),
  );
  const [all, others] = [`SELECT ${columns.join(', ')} FROM ${table}`, older[table]];
  return others === undefined || columns.every((column) => there.has(column)) ? all : others;
}

function isWhole(record: unknown): boolean {
  if (record === undefined) return true;
  try {
    JSON.parse(String(record));
    return true;
  } catch {
    return false;
  }
}
