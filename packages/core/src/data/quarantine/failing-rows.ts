import { failure, nearest } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import type { QuarantineConfig } from '../../config/index.ts';
import { type Check, windowColumn } from '../checks/check.ts';
import { verdictOf } from '../checks/finding.ts';
import { tuple } from '../checks/tuple.ts';

/** A check of rows as SQL over {@link markedRows}. */
interface RowCheck {
  readonly check: Check;
  /** True of a row that breaks it, or NULL. */
  readonly bad: string;
  /** What it sees of other rows, as a column; null for none. */
  readonly window: string | null;
}

/** Column with the place of a row among all rows, from 1. */
export const placeColumn = 'q_place';

/** Those checks of which one can say of each row whether it breaks them. Of rows that repeat, the first is not one of them. */
function rowChecks(checks: readonly Check[]): readonly RowCheck[] {
  return checks.flatMap((check, index): readonly RowCheck[] => {
    const { measure } = check;
    const column = `q_${index}`;
    if (measure.kind === 'repeats') {
      const { list, present } = tuple(measure.columns);
      const window = `row_number() OVER (PARTITION BY ${list} ORDER BY ${placeColumn}) AS ${column}`;
      return [{ check, bad: `(${present}) AND ${column} > 1`, window }];
    }
    if (measure.kind !== 'rows') return [];
    if (measure.window === undefined) return [{ check, bad: measure.bad, window: null }];
    const own = new RegExp(`\\b${windowColumn}\\b`, 'g');
    return [{ check, bad: measure.bad.replaceAll(own, column), window: `${measure.window} AS ${column}` }];
  });
}

/** Rows that are to be put aside, as SQL. */
export interface FailingRows {
  /** SELECT of the measured rows, with their place and what checks see of other rows. */
  readonly marked: string;
  /** SQL of the names of the checks that a row of it breaks: a list, empty for a row that breaks none. */
  readonly names: string;
  /** How many rows break each of them, by name. */
  readonly counts: { readonly [check: string]: number };
}

/**
 * Which rows are put aside: those that break checks which are named, or else any check of rows that fails as an error. Null when there is none.
 *
 * @param rows SELECT of the measured rows
 * @throws TG-DATA-QUARANTINE for a name that no check of rows has
 */
export async function failingRows(
  engine: Engine,
  {
    checks,
    rows,
    wanted,
    dataset,
  }: { readonly checks: readonly Check[]; readonly rows: string; readonly wanted: QuarantineConfig; readonly dataset: string },
): Promise<FailingRows | null> {
  const all = rowChecks(checks);
  refuseUnknown(dataset, wanted.checks, checks, all);
  const tried =
    wanted.checks.length === 0
      ? all.filter(({ check }) => check.severity === 'error')
      : all.filter(({ check }) => wanted.checks.includes(check.name));
  if (tried.length === 0) return null;
  const windows = tried.flatMap(({ window }) => window ?? []);
  const placed = `SELECT *, row_number() OVER () AS ${placeColumn} FROM (${rows})`;
  const marked = windows.length === 0 ? placed : `SELECT *, ${windows.join(', ')} FROM (${placed})`;
  const counts = tried.map(({ bad }, index) => `count(*) FILTER (WHERE ${bad}) AS n${index}`);
  const [row = {}] = await engine.rows(`SELECT count(*) AS rows, ${counts.join(', ')} FROM (${marked})`);
  const found = tried
    .map((one, index) => ({ ...one, count: Number(row[`n${index}`] ?? 0) }))
    .filter(({ check: { measure }, count }) => {
      const isNamed = wanted.checks.length > 0;
      return count > 0 && (isNamed || verdictOf(measure, { rows: Number(row['rows'] ?? 0), found: count, extreme: null }) === 'fail');
    });
  if (found.length === 0) return null;
  const names = found.map(({ check, bad }) => `CASE WHEN ${bad} THEN ${quoteText(check.name)} END`);
  return {
    marked,
    names: `list_filter([${names.join(', ')}], x -> x IS NOT NULL)`,
    counts: Object.fromEntries(found.map(({ check, count }) => [check.name, count])),
  };
}

function refuseUnknown(dataset: string, wanted: readonly string[], checks: readonly Check[], all: readonly RowCheck[]): void {
  const names = all.map(({ check }) => check.name);
  // of a column that is missing no check of rows is made, and that is said by its own check
  const isMissing = (name: string): boolean =>
    checks.some(
      (check) => check.name === `${name.split('.')[0] ?? ''}.present` && check.measure.kind === 'known' && check.measure.verdict === 'fail',
    );
  const unknown = wanted.find((name) => !names.includes(name) && !isMissing(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const hint = near === null ? `Checks of rows: ${names.slice(0, 8).join(', ')}` : `Did you mean "${near}"?`;
  throw failure(
    'TG-DATA-QUARANTINE',
    `Cannot put rows of data.${dataset} aside by "${unknown}": its data contract has no check of rows of that name`,
    hint,
  );
}
