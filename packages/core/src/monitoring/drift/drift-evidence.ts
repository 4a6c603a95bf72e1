import { type ColumnDrift, type Evidence, recordJson, type ReferenceColumn } from '@tidegate/formats';
import type { DistanceEstimate, JudgedColumn } from '@tidegate/runtime';
import {} from '../../data/index.ts';
import { count, figure, percent } from '../../evidence/index.ts';
import type { DriftConfig } from '../../config/index.ts';
import type { CurrentColumn } from '../../data/index.ts';

/** One-sided confidence of the bounds of a distance. */
export const confidence = 0.95;

/** What was found in one column, as evidence about a service. */
export function driftEvidence(
  service: string,
  current: CurrentColumn,
  judged: JudgedColumn,
  { by, floor, falseAlarms }: DriftConfig,
): Evidence {
  const { reference } = current;
  const details: ColumnDrift = {
    column: reference.column,
    role: reference.role,
    kind: reference.kind,
    rows: total(current.binned.current),
    referenceRows: total(current.binned.reference),
    distance: rounded(judged.distance.value),
    low: rounded(judged.distance.low),
    high: rounded(judged.distance.high),
    confidence,
    floor,
    usual: by === 'windows' ? reference.usual : null,
    missing: judged.missing && missingDetails(judged.missing, reference),
    pValue: judged.pValue,
    adjustedPValue: judged.adjustedPValue,
    falseAlarms,
    smallest: judged.smallest,
    rowsNeeded: judged.rowsNeeded,
    means: reference.kind === 'ordered' ? { reference: reference.mean, current: current.mean } : null,
    bins: binsOf(current),
  };
  return evidenceOf(service, reference, {
    verdict: judged.verdict,
    reason: reasonOf(current, judged, details),
    details: recordJson(details),
  });
}

/** A column that cannot be compared. */
export function invalidColumn(service: string, reference: ReferenceColumn, found: string): Evidence {
  return evidenceOf(service, reference, {
    verdict: 'invalid',
    reason: `${reference.column} cannot be compared with the training set: ${found}`,
    details: { column: reference.column, role: reference.role },
  });
}

function evidenceOf(
  service: string,
  { column, role }: Pick<ReferenceColumn, 'column' | 'role'>,
  found: Pick<Evidence, 'verdict' | 'reason' | 'details'>,
): Evidence {
  const name = role === 'prediction' ? 'drift.prediction' : `drift.input.${column}`;
  return { format: 'tidegate.evidence/1', kind: 'drift', name, subject: `services.${service}`, blocking: false, ...found };
}

function missingDetails({ value, low, high }: DistanceEstimate, { usualMissing }: ReferenceColumn): ColumnDrift['missing'] {
  return { distance: rounded(value), low: rounded(low), high: rounded(high), usual: usualMissing ?? 0 };
}

function reasonOf(current: CurrentColumn, { verdict, distance, rowsNeeded, smallest }: JudgedColumn, details: ColumnDrift): string {
  const { column } = current.reference;
  const rows = `${count(details.rows)} ${details.rows === 1 ? 'row' : 'rows'}`;
  if (verdict === 'fail' && details.low <= details.floor + (details.usual ?? 0))
    return `${column} moved: ${missingWords(details)}, ${rows}`;
  if (verdict === 'fail')
    return `${column} moved: ${movement(current, details)}, total variation ${figure(details.distance)} (at least ${figure(details.low)}, ${mattersWords(details)}), ${rows}`;
  if (verdict === 'pass')
    return `${column} is as it was: total variation at most ${figure(details.high)}, ${mattersWords(details)}, ${rows}`;
  const needed =
    rowsNeeded === null ? 'the training set has too few rows for any number to decide' : `about ${count(rowsNeeded)} would decide`;
  const blind = smallest === null ? 'no change could be found' : `a change below ${smallestWords(smallest)} could not be found`;
  return `${column} cannot be judged by ${rows}: total variation ${figure(details.distance)}, at most ${figure(distance.high)}, ${mattersWords(details)}; ${blind}; ${needed}`;
}

/** The share of rows without a value, where it alone is more than usual. */
function missingWords({ bins, missing, floor }: ColumnDrift): string {
  const bin = bins.find(({ name }) => name === 'missing');
  const limit = percent(Number((floor + (missing?.usual ?? 0)).toFixed(3)));
  return `missing values from ${share(bin?.reference ?? 0)} to ${share(bin?.current ?? 0)} of the rows (${share(missing?.low ?? 0)} more at least, ${limit} matters)`;
}

/** `0.1 matters`, or with what is usual for such a window. */
function mattersWords({ floor, usual }: ColumnDrift): string {
  return usual === null
    ? `${figure(floor)} matters`
    : `${figure(floor + usual)} matters: windows of the training set differ by ${figure(usual)}`;
}

function smallestWords({ distance, deviations }: NonNullable<JudgedColumn['smallest']>): string {
  return deviations === null ? figure(distance) : `${figure(distance)} (a shift of ${figure(deviations)} standard deviations)`;
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
