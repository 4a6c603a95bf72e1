import type { Engine } from '@tidegate/runtime';
import { sideBySide } from '../tables/side-by-side.ts';
import { columnHistogram } from './column-histogram.ts';
import { columnMeasures } from './column-measures.ts';
import { currentColumn, numbersIn } from './current-column.ts';
import { type DriftSide, eventSpan, gapsOf, holdRows, mostHeldRows } from './drift-side.ts';
import { largeNumbers } from './large-numbers.ts';
import { drawRows, isManyValued } from './many-values.ts';
import type { CountedColumn } from './count-columns.ts';
import { fineEdges } from './fine-edges.ts';
import { chooseViews, type ColumnView } from './drift-views.ts';
import { type DataDriftSettings, type FoundColumn, invalidView, type JudgedSides, judgedSides, problemOf } from './judged-sides.ts';
import { binning, referenceColumn } from './reference-column.ts';
import { sameSeason } from './same-season.ts';
import { usualDistances } from './usual-distance.ts';

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
  return judgedSides(found, {
    invalid,
    leftOut,
    settings,
    windowMs: windows?.ms ?? null,
    seasons: season.sentences,
    rows,
    spans,
    from: 'rows',
  });
}

/** Tables that a judgement leaves in the engine, until the next one: the rows that were compared. */
export const heldTables = { before: 'drift_before', after: 'drift_after' } as const;

/** Spans of the reference as long as the current rows take, where it has enough of them. */
function windowsOf({ before, after }: JudgedSides['spans']) {
  if (before === null || after === null) return null;
  const ms = Math.max(leastWindowMs, after.untilMs - after.fromMs);
  const { fromMs, untilMs } = before;
  return untilMs - fromMs >= leastWindows * ms ? { fromMs, untilMs, ms } : null;
}

interface Viewing {
  readonly rows: JudgedSides['rows'];
  readonly isPersonalNow: boolean;
}

async function countedView(engine: Engine, view: ColumnView, { rows, isPersonalNow }: Viewing): Promise<FoundColumn> {
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
