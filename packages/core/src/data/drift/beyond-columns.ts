import type { JointDrift, SliceDrift } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import type { DriftSide } from './drift-side.ts';
import { heldTables } from './judge-data-drift.ts';
import type { DataDriftSettings, JudgedSides } from './judged-sides.ts';
import { findSlices } from './slices/find-slices.ts';
import { judgeTogether } from './together/judge-together.ts';
import type { SampledColumn } from './together/sampled-rows.ts';

export interface BeyondChoice {
  /** Whether columns together, vectors and texts are judged. */
  readonly together: boolean;
  /** Whether slices are looked for; `outcome`: the column whose mean ranks them, null for none. Null when they are not. */
  readonly slices: { readonly outcome: string | null } | null;
}

export interface BeyondColumns {
  readonly together: JointDrift | null;
  readonly slices: SliceDrift | null;
}

/**
 * What single columns do not show, of the rows that {@link judgeDataDrift} has just compared: it must be asked before anything else is compared. Looks at
 * columns that both sides have, of one type, without those that are ignored or personal.
 */
export async function judgeBeyondColumns(
  engine: Engine,
  {
    before,
    after,
    judged,
    settings,
  }: { readonly before: DriftSide; readonly after: DriftSide; readonly judged: JudgedSides; readonly settings: DataDriftSettings },
  { together, slices }: BeyondChoice,
): Promise<BeyondColumns> {
  const columns = sharedColumns(before, after, settings);
  const rowsOf = (table: string): string => `SELECT ${columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${quoteName(table)}`;
  if (columns.length === 0) return { together: null, slices: null };
  const { falseAlarms, floor } = settings;
  const rows = { reference: rowsOf(heldTables.before), current: rowsOf(heldTables.after), columns, falseAlarms, floor };
  const ordered = before.time !== null && columns.some(({ name }) => name === before.time) ? before.time : null;
  const windows = ordered === null ? null : windowsOf(judged, ordered);
  return {
    together: together ? await judgeTogether(engine, { ...rows, windows }) : null,
    slices: slices === null ? null : await findSlices(engine, { ...rows, outcome: slices.outcome, windows }),
  };
}

function sharedColumns({ columns }: DriftSide, after: DriftSide, { ignore }: DataDriftSettings): readonly SampledColumn[] {
  const now = new Map(after.columns.map((column) => [column.name, column]));
  return columns
    .filter(
      ({ name, type, personal }) =>
        !personal && !ignore.includes(name) && now.get(name)?.type === type && now.get(name)?.personal === false,
    )
    .map(({ name, type }) => ({ name, type }));
}

/** The share of the reference that a span is whose differences are usual. */
function windowsOf({ settings: { windowMs }, spans: { before } }: JudgedSides, orderBy: string) {
  if (windowMs === null || before === null) return null;
  return { orderBy, share: windowMs / Math.max(1, before.untilMs - before.fromMs) };
}
