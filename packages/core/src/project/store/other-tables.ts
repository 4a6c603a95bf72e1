import type { Digest } from '@tidegate/formats';
import { digestsIn, type State } from '../../store/index.ts';

/** A table that garbage collection has no rule of its own for. */
export interface OtherTable {
  readonly name: string;
  /** Whether each row belongs to a run: then it holds what it names for as long as that run is kept. */
  readonly ofRuns: boolean;
}

/** Tables whose rows hold objects by rules of their own, or hold none. */
const judged = new Set([
  'result',
  'run',
  'run_step',
  'step_run',
  'flight',
  'process',
  'file_stat',
  'release',
  'deployment',
  'model_version',
  'monitor_check',
  'drift_reference',
  'pin',
  'tombstone',
  'scrubbed',
  'project',
]);

export function otherTables(state: State): readonly OtherTable[] {
  const tables = state.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
  return tables
    .map((row) => String(row['name']))
    .filter((name) => !judged.has(name))
    .map((name) => ({ name, ofRuns: state.prepare(`SELECT 1 FROM pragma_table_info('${name}') WHERE name = 'run'`).get() !== undefined }));
}

export function digestsOfRow(row: { readonly [column: string]: unknown }): readonly Digest[] {
  return Object.values(row).flatMap((value) => (typeof value === 'string' ? [...digestsIn(value)] : []));
}
