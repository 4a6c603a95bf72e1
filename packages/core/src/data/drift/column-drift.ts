import type { ColumnDrift, ReferenceColumn } from '@tidegate/formats';
import type { DistanceEstimate, JudgedColumn } from '@tidegate/runtime';
import { count, figure, percent } from '../../evidence/index.ts';
import type { CurrentColumn } from './current-column.ts';

/** One-sided confidence of the bounds of a distance. */
export const driftConfidence = 0.95;

export interface DriftWording {
  readonly floor: number;
  readonly falseAlarms: number;
  /** Whether what windows of the reference differ by counts as usual. */
  readonly by: 'windows' | 'rows';
  /** What is compared with: `the training set`. */
  readonly reference: string;
  /** What the column is called in the sentence. Default: its name. */
  readonly name?: string;
  /** Whether no value may be shown: bins lose their names, and averages are left out. Default: no. */
  readonly isPersonal?: boolean;
}

/** What was found in one column, as data and as a sentence. */
export function columnDrift(
  current: CurrentColumn,
  judged: JudgedColumn,
  wording: DriftWording,
): { readonly details: ColumnDrift; readonly reason: string } {
  const { reference } = current;
  const { by, floor, falseAlarms, isPersonal = false } = wording;
  const bins = binsOf(current);
  const details: ColumnDrift = {
    column: reference.column,
    kind: reference.kind,
    rows: total(current.binned.current),
    referenceRows: total(current.binned.reference),
    distance: rounded(judged.distance.value),
    low: rounded(judged.distance.low),
    high: rounded(judged.distance.high),
    confidence: driftConfidence,
    ...(current.binned.error !== undefined && {
      error: { less: rounded(current.binned.error.less), more: rounded(current.binned.error.more) },
    }),
    floor,
    usual: by === 'windows' ? reference.usual : null,
    missing: judged.missing && missingDetails(judged.missing, reference),
    pValue: judged.pValue,
    adjustedPValue: judged.adjustedPValue,
    falseAlarms,
    smallest: judged.smallest,
    rowsNeeded: judged.rowsNeeded,
    means: reference.kind === 'ordered' && !isPersonal ? { reference: reference.mean, current: current.mean } : null,
    bins: isPersonal ? bins.map((bin, index) => ({ ...bin, name: nameless(bin.name, index) })) : bins,
  };
  return { details, reason: reasonOf(current, judged, { details, wording }) };
}

/** Of a bin of personal values only which one it is. */
function nameless(name: string, index: number): string {
  return name === 'missing' || name === 'never seen' || name === 'rare' ? name : `values ${index + 1}`;
}

function missingDetails({ value, low, high }: DistanceEstimate, { usualMissing }: ReferenceColumn): ColumnDrift['missing'] {
  return { distance: rounded(value), low: rounded(low), high: rounded(high), usual: usualMissing ?? 0 };
}

function reasonOf(
  current: CurrentColumn,
  { verdict, distance, rowsNeeded, smallest }: JudgedColumn,
  { details, wording }: { readonly details: ColumnDrift; readonly wording: DriftWording },
): string {
  const column = wording.name ?? current.reference.column;
  const rows = `${count(details.rows)} ${details.rows === 1 ? 'row' : 'rows'}`;
  if (verdict === 'fail' && details.low <= details.floor + (details.usual ?? 0))
    return `${column} moved: ${missingWords(details)}, ${rows}; ${powerWords(smallest)}`;
  if (verdict === 'fail')
    return `${column} moved: ${movement(current, details)}, total variation ${figure(details.distance)} (at least ${figure(details.low)}, ${mattersWords(details, wording)}), ${rows}; ${powerWords(smallest)}`;
  if (verdict === 'pass')
    return `${column} is as it was: total variation at most ${figure(details.high)}, ${mattersWords(details, wording)}, ${rows}; ${powerWords(smallest)}`;
  const needed =
    details.error !== undefined
      ? `its profile does not tell ${percent(Number(details.error.more.toFixed(3)))} of its rows apart, its rows would decide`
      : rowsNeeded === null
        ? `${wording.reference} has too few rows for any number to decide so near to what matters`
        : `about ${count(rowsNeeded)} would decide`;
  return `${column} cannot be judged by ${rows}: total variation ${figure(details.distance)}, at most ${figure(distance.high)}, ${mattersWords(details, wording)}; ${powerWords(smallest)}; ${needed}`;
}

/** The share of rows without a value, where it alone is more than usual. */
function missingWords({ bins, missing, floor }: ColumnDrift): string {
  const bin = bins.find(({ name }) => name === 'missing');
  const limit = percent(Number((floor + (missing?.usual ?? 0)).toFixed(3)));
  return `missing values from ${share(bin?.reference ?? 0)} to ${share(bin?.current ?? 0)} of the rows (${share(missing?.low ?? 0)} more at least, ${limit} matters)`;
}

/** `0.1 matters`, or with what is usual for such a window. */
function mattersWords({ floor, usual }: ColumnDrift, { reference }: DriftWording): string {
  return usual === null
    ? `${figure(floor)} matters`
    : `${figure(floor + usual)} matters: windows of ${reference} differ by ${figure(usual)}`;
}

/** What these rows can show, whatever they show. */
function powerWords(smallest: JudgedColumn['smallest']): string {
  const { distance = null, deviations = null, spread = null, missing = null, unseen = null } = smallest ?? {};
  const found = [
    ...(deviations === null ? [] : [`a shift of ${figure(deviations)} standard deviations`]),
    ...(spread === null ? [] : [`values ${figure(spread)} times as far apart`]),
    ...(missing === null ? [] : [`${share(missing)} more without a value`]),
    ...(unseen === null ? [] : [`${share(unseen)} with a value never seen`]),
    ...(distance === null ? [] : [`any change from ${figure(distance)} on`]),
  ];
  return found.length === 0 ? 'no change could be found' : `would be found: ${found.join(', ')}`;
}

/** The change that a person would name: averages, or the bin whose share changed most. */
function movement({ unseen }: CurrentColumn, { means, bins, kind }: ColumnDrift): string {
  const changed = bins.toSorted((a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference))[0];
  const named =
    changed === undefined
      ? ''
      : `${nameInWords(changed.name, unseen)} from ${share(changed.reference)} to ${share(changed.current)} of the rows`;
  if (kind === 'categories' || changed?.name === 'missing' || means === null || means.reference === null || means.current === null)
    return named;
  return `${figure(means.reference)} -> ${figure(means.current)} on average`;
}

function nameInWords(name: string, unseen: string | null): string {
  if (name === 'never seen') return `values never seen before${unseen === null ? '' : ` such as "${unseen.slice(0, 40)}"`}`;
  return name === 'missing' || name === 'rare' ? `${name} values` : `"${name.slice(0, 40)}"`;
}

function share(value: number): string {
  return percent(Number(value.toFixed(3)));
}

function binsOf({ reference, binned, values }: CurrentColumn): ColumnDrift['bins'] {
  const [before, now] = [sharesOf(binned.reference), sharesOf(binned.current)];
  const names = reference.kind === 'ordered' ? orderedNames(reference.edges) : [...(values ?? []), 'rare'];
  return [...names, 'missing', 'never seen'].flatMap((name, bin) => {
    const bins = { name, reference: rounded(before[bin] ?? 0), current: rounded(now[bin] ?? 0) };
    // bins that nothing is in are not worth keeping, but for those of an order
    return bin >= binned.valueBins - (reference.kind === 'categories' ? 1 : 0) && bins.reference === 0 && bins.current === 0 ? [] : [bins];
  });
}

function orderedNames(edges: readonly number[]): readonly string[] {
  const last = edges.at(-1);
  return [...edges.map((edge) => `at most ${figure(edge)}`), last === undefined ? 'any' : `above ${figure(last)}`];
}

function sharesOf([first, second]: readonly [readonly number[], readonly number[]]): readonly number[] {
  const counts = first.map((rows, bin) => rows + (second[bin] ?? 0));
  const all = Math.max(
    1,
    counts.reduce((sum, rows) => sum + rows, 0),
  );
  return counts.map((rows) => rows / all);
}

function total([first, second]: readonly [readonly number[], readonly number[]]): number {
  return [...first, ...second].reduce((sum, rows) => sum + rows, 0);
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
