import { compareCodeUnits, type DataDrift, type DriftedColumn, type LogicalType, type Verdict, worstVerdict } from '@tidegate/formats';
import { type BinnedColumn, judgeDrift, type JudgedColumn } from '@tidegate/runtime';
import { count, percent } from '../../evidence/index.ts';
import { columnDrift, driftConfidence } from './column-drift.ts';
import type { CurrentColumn } from './current-column.ts';
import type { EventSpan } from './drift-side.ts';
import { type ColumnView, isMoment } from './drift-views.ts';

export interface DataDriftSettings {
  /** The smallest total variation distance that matters. */
  readonly floor: number;
  /** Chance of even one `fail` when nothing changed. */
  readonly falseAlarms: number;
  /** Columns that are not looked at. */
  readonly ignore: readonly string[];
  /** `windows`: a change counts from what spans of time of the reference differ by; `rows`: from nothing. */
  readonly by: 'windows' | 'rows';
  /** Whether rows are compared with those of the same hours, weekdays and months only, where they cover no whole cycle. */
  readonly seasons: boolean;
}

/** What is said of two sides; who they are is known elsewhere. */
export type JudgedSides = Pick<DataDrift, 'verdict' | 'reason' | 'settings' | 'from' | 'seasons' | 'columns' | 'leftOut'> & {
  readonly rows: { readonly before: number; readonly after: number };
  readonly spans: { readonly before: EventSpan | null; readonly after: EventSpan | null };
};

/** A view of a column, counted in both samples. */
export interface FoundColumn {
  readonly view: Pick<ColumnView, 'column' | 'view'>;
  readonly isPersonal: boolean;
  readonly current: CurrentColumn;
  readonly measures: DriftedColumn['measures'];
  readonly histogram: DriftedColumn['histogram'];
}

interface SidesToJudge extends Pick<JudgedSides, 'leftOut' | 'seasons' | 'rows' | 'spans' | 'from'> {
  /** Views that cannot be compared. */
  readonly invalid: readonly DriftedColumn[];
  readonly settings: DataDriftSettings;
  /** Null when no spans of the reference say what is usual. */
  readonly windowMs: number | null;
}

/** The verdicts on all columns, which are tested together, and on the whole. */
export function judgedSides(
  found: readonly FoundColumn[],
  { invalid, leftOut, settings, windowMs, seasons, rows, spans, from }: SidesToJudge,
): JudgedSides {
  const by = windowMs === null ? 'rows' : 'windows';
  const judged = judgeDrift(
    found.map(({ current }) => withUsual(current, by)),
    { falseAlarms: settings.falseAlarms, floor: settings.floor, confidence: driftConfidence },
  );
  const told = found.flatMap((one, index) => {
    const own = judged[index];
    return own === undefined ? [] : [toldColumn(one, own, { settings, by })];
  });
  const all = [...told, ...invalid].toSorted(byVerdict);
  const verdict = all.length === 0 ? 'inconclusive' : worstVerdict(all.map((column) => column.verdict));
  return {
    verdict,
    reason: headline(all, { rows, settings, from }),
    settings: { floor: settings.floor, falseAlarms: settings.falseAlarms, tested: told.length, windowMs },
    seasons,
    columns: all,
    leftOut: leftOut.toSorted((a, b) => compareCodeUnits(a.column, b.column)),
    rows,
    spans,
    from,
  };
}

function withUsual({ reference: { usual, usualMissing }, binned }: CurrentColumn, by: 'windows' | 'rows'): BinnedColumn {
  return by === 'windows' ? { ...binned, usual: usual ?? 0, usualMissing: usualMissing ?? 0 } : binned;
}

function toldColumn(
  { view: { column, view }, isPersonal, current, measures, histogram }: FoundColumn,
  judged: JudgedColumn,
  { settings, by }: Telling,
): DriftedColumn {
  const { floor, falseAlarms } = settings;
  const name = view === 'values' ? column.name : `${column.name} (${view})`;
  const shown = isPersonal ? { ...current, unseen: null } : current;
  const { details, reason } = columnDrift(shown, judged, { floor, falseAlarms, by, reference: 'the reference', name, isPersonal });
  return {
    column: column.name,
    view,
    type: column.type,
    verdict: judged.verdict,
    reason,
    drift: details,
    measures,
    histogram,
    since: null,
  };
}

interface Telling {
  readonly settings: DataDriftSettings;
  readonly by: 'windows' | 'rows';
}

/** A view that cannot be compared, and why. */
export function invalidView({ column, view }: FoundColumn['view'], problem: string): DriftedColumn {
  const reason = `${column.name} cannot be compared with the reference: ${problem}`;
  return {
    column: column.name,
    view,
    type: column.type,
    verdict: 'invalid',
    reason,
    drift: null,
    measures: null,
    histogram: null,
    since: null,
  };
}

const order: readonly Verdict[] = ['invalid', 'fail', 'inconclusive', 'pass'];

function byVerdict(a: DriftedColumn, b: DriftedColumn): number {
  return order.indexOf(a.verdict) - order.indexOf(b.verdict) || compareCodeUnits(a.column, b.column) || compareCodeUnits(a.view, b.view);
}

function headline(columns: readonly DriftedColumn[], { rows, settings, from }: Pick<SidesToJudge, 'rows' | 'settings' | 'from'>): string {
  const seen = `${count(rows.after)} rows against ${count(rows.before)}${from === 'profiles' ? ', from their profiles' : ''}`;
  if (columns.length === 0) return `No column is left that could be compared, ${seen}`;
  const named = (verdict: Verdict): readonly string[] => [
    ...new Set(columns.filter((one) => one.verdict === verdict).map(({ column }) => column)),
  ];
  const [failed, invalid, open] = [named('fail'), named('invalid'), named('inconclusive')];
  const parts = [
    ...(invalid.length > 0 ? [`${some(invalid)} cannot be compared`] : []),
    ...(failed.length > 0 ? [`${some(failed)} moved`] : []),
    ...(open.length > 0 ? [`${some(open)} cannot be judged`] : []),
  ];
  const chance = `the chance of any false alarm is at most ${percent(settings.falseAlarms)}`;
  const unmoved = columns.length === 1 ? 'The one column is as it was' : `All ${columns.length} columns are as they were`;
  if (parts.length === 0) return `${unmoved}, ${seen}; ${chance}`;
  return `Of ${columns.length} columns ${parts.join(', ')}, ${seen}; ${chance}`;
}

function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** Why a view cannot be compared with a column that is of another type now; null when it can. */
export function problemOf({ column, view }: FoundColumn['view'], now: LogicalType | undefined): string | null {
  if (now === undefined) return 'the later rows have no such column';
  const isNumber = (type: LogicalType): boolean => type === 'integer' || type === 'number';
  const isAlike = column.type === now || (isNumber(column.type) && isNumber(now)) || (view !== 'values' && isMoment(now));
  return isAlike ? null : `it is of type ${now} there, and was ${column.type}`;
}
