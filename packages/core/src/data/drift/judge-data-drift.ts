import { compareCodeUnits, type DataDrift, type DriftedColumn, type LogicalType, type Verdict, worstVerdict } from '@tidegate/formats';
import { type BinnedColumn, type Engine, judgeDrift, type JudgedColumn } from '@tidegate/runtime';
import { count, percent } from '../../evidence/index.ts';
import { columnDrift, driftConfidence } from './column-drift.ts';
import { sideBySide } from '../tables/side-by-side.ts';
import { columnHistogram } from './column-histogram.ts';
import { columnMeasures } from './column-measures.ts';
import { type CurrentColumn, currentColumn, numbersIn } from './current-column.ts';
import { type DriftSide, type EventSpan, eventSpan, gapsOf, holdRows, mostHeldRows } from './drift-side.ts';
import { largeNumbers } from './large-numbers.ts';
import { drawRows, isManyValued } from './many-values.ts';
import type { CountedColumn } from './count-columns.ts';
import { fineEdges } from './fine-edges.ts';
import { chooseViews, type ColumnView, isMoment } from './drift-views.ts';
import { binning, referenceColumn } from './reference-column.ts';
import { sameSeason } from './same-season.ts';
import { usualDistances } from './usual-distance.ts';

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
export type JudgedSides = Pick<DataDrift, 'verdict' | 'reason' | 'settings' | 'seasons' | 'columns' | 'leftOut'> & {
  readonly rows: { readonly before: number; readonly after: number };
  readonly spans: { readonly before: EventSpan | null; readonly after: EventSpan | null };
};

/** Windows that a reference must have for anything to be known as usual. */
const leastWindows = 4;
const leastWindowMs = 60_000;

/**
 * Judges rows against others, column by column. Holds few rows in the engine; of very many Parquet rows each column is read by itself. Writes nothing.
 *
 * @param openAnother opens an engine like the first, to share the columns of very many rows with; each column is counted by one, so that the numbers are the same
 */
export async function judgeDataDrift(
  engine: Engine,
  { before, after }: { readonly before: DriftSide; readonly after: DriftSide },
  settings: DataDriftSettings,
  openAnother: (() => Promise<Engine>) | null = null,
): Promise<JudgedSides> {
  const spans = { before: await eventSpan(engine, before), after: await eventSpan(engine, after) };
  const season = settings.seasons ? await sameSeason(engine, { before, after, span: spans.after }) : { where: 'true', sentences: [] };
  const windows = settings.by === 'windows' ? windowsOf(spans) : null;
  const hold = async (one: Engine): Promise<JudgedSides['rows']> => ({
    before: await holdRows(one, { table: heldTables.before, side: before, where: season.where, windows }),
    after: await holdRows(one, { table: heldTables.after, side: after, where: 'true', windows: null }),
  });
  const rows = await hold(engine);
  const { views, leftOut } = await chooseViews(engine, { before, after, ignore: settings.ignore, rows });
  const types = new Map(after.columns.map(({ name, type, personal }) => [name, { type, personal }]));
  const comparable = views.filter((view) => problemOf(view, types.get(view.column.name)?.type) === null);
  const invalid = views.flatMap((view) => {
    const problem = problemOf(view, types.get(view.column.name)?.type);
    return problem === null ? [] : [invalidView(view, problem)];
  });
  using opened = new DisposableStack();
  const engines = [engine];
  if (openAnother !== null && Math.max(rows.before, rows.after) > mostHeldRows) {
    const another = opened.use(await openAnother());
    await hold(another);
    engines.push(another);
  }
  const found = await sideBySide(engines, comparable, (one, view) =>
    countedView(one, view, { rows, isPersonalNow: types.get(view.column.name)?.personal ?? false }),
  );
  const by = windows === null ? 'rows' : 'windows';
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
    reason: headline(all, { rows, settings }),
    settings: { floor: settings.floor, falseAlarms: settings.falseAlarms, tested: told.length, windowMs: windows?.ms ?? null },
    seasons: season.sentences,
    columns: all,
    leftOut: leftOut.toSorted((a, b) => compareCodeUnits(a.column, b.column)),
    rows,
    spans,
  };
}

/** Tables that a judgement leaves in the engine, until the next one: the rows that were compared. */
export const heldTables = { before: 'drift_before', after: 'drift_after' } as const;

interface Found {
  readonly view: ColumnView;
  readonly isPersonal: boolean;
  readonly current: CurrentColumn;
  readonly measures: DriftedColumn['measures'];
  readonly histogram: DriftedColumn['histogram'];
}

/** Spans of the reference as long as the current rows take, where it has enough of them. */
function windowsOf({ before, after }: JudgedSides['spans']) {
  if (before === null || after === null) return null;
  const ms = Math.max(leastWindowMs, after.untilMs - after.fromMs);
  const { fromMs, untilMs } = before;
  return untilMs - fromMs >= leastWindows * ms ? { fromMs, untilMs, ms } : null;
}

function problemOf({ column, view }: ColumnView, now: LogicalType | undefined): string | null {
  if (now === undefined) return 'the later rows have no such column';
  const isNumber = (type: LogicalType): boolean => type === 'integer' || type === 'number';
  const isAlike = column.type === now || (isNumber(column.type) && isNumber(now)) || (view !== 'values' && isMoment(now));
  return isAlike ? null : `it is of type ${now} there, and was ${column.type}`;
}

interface Viewing {
  readonly rows: JudgedSides['rows'];
  readonly isPersonalNow: boolean;
}

async function countedView(engine: Engine, view: ColumnView, { rows, isPersonalNow }: Viewing): Promise<Found> {
  const isPersonal = view.column.personal || isPersonalNow;
  const named = { name: view.column.name, type: view.countedAs, role: 'input' } as const;
  const sides = await sidesOfView(engine, view, rows);
  const { before, after } = sides;
  if (sides.edges !== null) {
    const large = await largeNumbers(engine, { before, after, edges: sides.edges }, named);
    const reference = { ...large.reference, ...(await usualDistances(engine, before, large.reference)) };
    const { measures, histogram } = isPersonal ? unmeasured : large;
    return { view, isPersonal, current: numbersIn(reference, large.current, large.mean), measures, histogram };
  }
  const bins = await referenceColumn(engine, before, named);
  const current = await currentColumn(engine, after, { ...bins, ...(await usualDistances(engine, before, bins)) });
  if (isPersonal) return { view, isPersonal, current, ...unmeasured };
  const kind = current.reference.kind === 'ordered' ? 'numbers' : 'classes';
  const measured = { before: before.table, after: after.table, value: before.value, kind, rows: rows.before + rows.after } as const;
  const measures = await columnMeasures(engine, measured);
  return { view, isPersonal, current, measures, histogram: kind === 'classes' ? null : await columnHistogram(engine, measured) };
}

const unmeasured = { measures: null, histogram: null } as const;

interface ViewSides {
  readonly before: CountedColumn;
  readonly after: CountedColumn;
  /** Edges to count numbers between, of which there are very many; null where each value is counted. */
  readonly edges: readonly number[] | null;
}

/** Where the values of a view are, and of very many rows with many different values how they are counted. */
async function sidesOfView(engine: Engine, { column, view, value, countedAs }: ColumnView, rows: JudgedSides['rows']): Promise<ViewSides> {
  const nameOf = view === 'gap' ? gapsOf : (table: string) => table;
  const [before, after] = [
    { table: nameOf(heldTables.before), value },
    { table: nameOf(heldTables.after), value },
  ];
  if (rows.before + rows.after <= mostHeldRows) return { before, after, edges: null };
  if (binning(countedAs) === 'numbers') {
    const { edges, distinct } = await fineEdges(engine, before, rows.before);
    return { before, after, edges: distinct > fewValues ? edges : null };
  }
  if (!(await isManyValued(engine, before))) return { before, after, edges: null };
  const draw = async (side: CountedColumn, of: number): Promise<CountedColumn> => ({
    table: await drawRows(engine, side, { column: column.name, rows: of }),
    value: 'v',
  });
  return { before: await draw(before, rows.before), after: await draw(after, rows.after), edges: null };
}

/** Numbers of so many different values or fewer among those that were looked at may be categories, which the count of all of them tells. */
const fewValues = 20;

function withUsual({ reference: { usual, usualMissing }, binned }: CurrentColumn, by: 'windows' | 'rows'): BinnedColumn {
  return by === 'windows' ? { ...binned, usual: usual ?? 0, usualMissing: usualMissing ?? 0 } : binned;
}

function toldColumn(
  { view: { column, view }, isPersonal, current, measures, histogram }: Found,
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

function invalidView({ column, view }: ColumnView, problem: string): DriftedColumn {
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

function headline(
  columns: readonly DriftedColumn[],
  { rows, settings }: { readonly rows: JudgedSides['rows']; readonly settings: DataDriftSettings },
): string {
  const seen = `${count(rows.after)} rows against ${count(rows.before)}`;
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
