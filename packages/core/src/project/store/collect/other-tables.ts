import type { Digest } from '@tidegate/formats';
import { digestsIn, type State } from '../../../store/index.ts';
import { knownProjects } from './known-projects.ts';

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
  'folder_look',
  'folder_stat',
  'release',
  'release_signature',
  'deployment',
  'model_version',
  'monitor_check',
  'drift_reference',
  'pin',
  'tombstone',
  'scrubbed',
  'project',
  'forgetting',
  'fine_note',
  'measured_version',
  'hold',
  'replaced',
]);

export function otherTables(state: State): readonly OtherTable[] {
  const tables = state.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
  return tables
    .map((row) => String(row['name']))
    .filter((name) => !judged.has(name))
    .map((name) => ({ name, ofRuns: state.prepare(`SELECT 1 FROM pragma_table_info('${name}') WHERE name = 'run'`).get() !== undefined }));
}

export interface Row {
  readonly [column: string]: unknown;
}

/** Which project a row is of, by its name, its folder or its run; null where that does not tell. */
export function projectsOfRows(state: State): (row: Row) => string | null {
  const names = Map.groupBy(knownProjects(state), ({ root }) => root);
  const ofRun = state.prepare('SELECT project FROM run WHERE id = ?');
  return ({ project, root, run }) => {
    if (typeof project === 'string') return project;
    if (typeof run === 'string') return textOf(ofRun.get(run)?.['project']);
    const [one, ...more] = typeof root === 'string' ? (names.get(root) ?? []) : [];
    return one === undefined || more.length > 0 ? null : one.name;
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function digestsOfRow(row: Row): readonly Digest[] {
  return Object.values(row).flatMap((value) => (typeof value === 'string' ? [...digestsIn(value)] : []));
}
