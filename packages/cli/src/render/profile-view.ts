import type { Correlations, DatasetProfile } from '@tidegate/core';
import type { ColumnProfile } from '@tidegate/formats';
import { shortDigest } from '@tidegate/formats';
import { cutToWidth, displayWidth } from './display-width.ts';
import { measured, moment, whole } from './figures.ts';
import { sparkBars } from './spark-bars.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** A column of the table, which is left out before those of a lower rank where the terminal is narrow. */
interface Figure {
  readonly head: string;
  readonly rank: number;
  readonly right: boolean;
  readonly cell: (column: ColumnProfile) => string;
}

const figures: readonly Figure[] = [
  { head: 'column', rank: 0, right: false, cell: ({ name }) => cutToWidth(harmless(name), 32) },
  { head: 'type', rank: 3, right: false, cell: ({ type }) => type },
  { head: 'missing', rank: 1, right: true, cell: ({ nulls, rows }) => shareText(nulls, rows) },
  {
    head: 'distinct',
    rank: 2,
    right: true,
    cell: ({ distinct, distinctError = 0 }) => `${distinctError > 0 ? '~' : ''}${whole(distinct)}`,
  },
  { head: 'min', rank: 4, right: true, cell: ({ min }) => valueText(min) },
  { head: 'median', rank: 2, right: true, cell: ({ quantiles }) => valueText(quantiles?.[3] ?? null) },
  { head: 'max', rank: 4, right: true, cell: ({ max }) => valueText(max) },
  { head: 'mean', rank: 5, right: true, cell: ({ mean }) => valueText(mean) },
  { head: 'std', rank: 5, right: true, cell: ({ std }) => valueText(std) },
  { head: '', rank: 0, right: false, cell: shapeText },
];

/** The profile of a dataset version as a table that the terminal has room for, and the strongest correlations where they were asked for. */
export function profileLines(
  { name, digest, profile, correlations }: DatasetProfile,
  { width }: Pick<Terminal, 'width'>,
): readonly string[] {
  const estimated = profile.columns.some(({ distinctError = 0 }) => distinctError > 0);
  return [
    `data.${name} ${shortDigest(digest)}: ${counted(profile.rows, 'row')}, ${counted(profile.columns.length, 'column')}`,
    ...fitting(profile.columns, width),
    ...oddNumbers(profile.columns).map((line) => cutToWidth(line, width)),
    ...(estimated ? ['  ~ estimated, with a standard error of 2.3 %'] : []),
    ...(correlations === null ? [] : correlationLines(correlations)),
  ];
}

/** Columns whose notes are shown. */
const shownNotes = 10;

/** NaN and infinite values, which no figure of the table counts. */
function oddNumbers(columns: readonly ColumnProfile[]): readonly string[] {
  const notes = columns.flatMap(({ name, notNumbers = 0, infinite = 0 }) => {
    const odd = [
      ...(notNumbers > 0 ? [`${counted(notNumbers, 'row')} with NaN, which is no value`] : []),
      ...(infinite > 0 ? [`${counted(infinite, 'row')} with an infinite value`] : []),
    ];
    return odd.length === 0 ? [] : [`  ${harmless(name)}: ${odd.join(', ')}`];
  });
  const rest = notes.length - shownNotes;
  return rest > 0 ? [...notes.slice(0, shownNotes), `  and ${rest} more columns with NaN or infinite values`] : notes;
}

function fitting(columns: readonly ColumnProfile[], width: number): readonly string[] {
  for (const rank of [5, 4, 3, 2, 1, 0]) {
    const shown = figures.filter((figure) => figure.rank <= rank);
    const right = shown.flatMap((figure, at) => (figure.right ? [at] : []));
    const rows = [shown.map(({ head }) => head), ...columns.map((column) => shown.map(({ cell }) => cell(column)))];
    const lines = table(rows, { right, indent: '  ' });
    if (lines.every((line) => displayWidth(line) <= width)) return lines;
    if (rank === 0) return lines.map((line) => cutToWidth(line, width));
  }
  return [];
}

/** Bars of numbers and moments, the most frequent value of others, the most frequent pattern where no value stands out. */
function shapeText({ histogram, top, patterns, rows, nulls }: ColumnProfile): string {
  if (histogram !== null) return sparkBars(histogram.counts.slice(1, -1));
  const [first] = top ?? [];
  const known = rows - nulls;
  if (first !== undefined && first.count * 100 >= known) return `${quoted(first.value)} ${shareText(first.count, known)}`;
  const [pattern] = patterns?.values ?? [];
  return pattern === undefined ? '' : `${quoted(pattern.value)} ${shareText(pattern.count, patterns?.rows ?? 0)}`;
}

function quoted(text: string): string {
  const shown = harmless(text);
  return `"${displayWidth(shown) > 20 ? `${cutToWidth(shown, 19)}…` : shown}"`;
}

function valueText(value: number | string | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 10_000 ? String(value) : measured(value);
  const shown = harmless(moment(value).replace(/ UTC$/, ''));
  return displayWidth(shown) > 20 ? `${cutToWidth(shown, 19)}…` : shown;
}

function shareText(count: number, of: number): string {
  if (count === 0 || of === 0) return '0';
  const share = (100 * count) / of;
  return share < 0.01 ? '<0.01 %' : share > 99.99 && count < of ? '>99.99 %' : `${measured(share).replace(/\.?0+$/, '')} %`;
}

/** So many pairs of columns are shown. */
const shownPairs = 10;

function correlationLines({ columns, pearson, spearman, spearmanError }: Correlations): readonly string[] {
  const pairs = columns.flatMap((one, at) =>
    columns
      .slice(0, at)
      .map((other, before) => ({ one: other, other: one, r: pearson[at]?.[before] ?? null, rho: spearman[at]?.[before] ?? null })),
  );
  const size = ({ r, rho }: { readonly r: number | null; readonly rho: number | null }): number =>
    Math.max(Math.abs(r ?? 0), Math.abs(rho ?? 0));
  const known = pairs.filter(({ r, rho }) => r !== null || rho !== null).toSorted((a, b) => size(b) - size(a));
  if (known.length === 0) return ['  No two columns of numbers to correlate'];
  const off = spearmanError === 0 ? '' : `, off by ${measured(spearmanError)} at most`;
  return [
    `Correlations (Pearson, Spearman${off}), the strongest ${Math.min(shownPairs, known.length)} of ${known.length}:`,
    ...table(
      known
        .slice(0, shownPairs)
        .map(({ one, other, r, rho }) => [harmless(one), harmless(other), r?.toFixed(3) ?? '–', rho?.toFixed(3) ?? '–']),
      { right: [2, 3], indent: '  ' },
    ),
  ];
}
