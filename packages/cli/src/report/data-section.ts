import type { CheckResult, ColumnProfile, DatasetVersion, Evidence } from '@tidegate/formats';
import { bytes, measured, moment, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { badge, warningBadge } from './badge.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { sparkHistogram } from './plots.ts';

export interface DataContext {
  /** Of the run: the words for checks that look at the whole table. */
  readonly evidence: readonly Evidence[];
  /** Names of everything that depends on the dataset. */
  readonly dependents: readonly string[];
}

/** A dataset version: failing checks with example rows and what depends on them, and the profile. */
export function dataSection(version: DatasetVersion, { evidence, dependents }: DataContext): Html {
  const failing = version.checks.filter((check) => check.verdict !== 'pass');
  const stops = failing.some((check) => check.severity === 'error');
  const own = evidence.filter((item) => item.subject === `data.${version.dataset}`);
  return html`<h3>Data: ${version.dataset} ${badge(version.verdict)}</h3>
<p>${counted(version.rows, 'row')} in ${counted(version.files, 'file')}, ${bytes(version.bytes)}; ${counted(version.checks.length, 'check')} of its data contract, ${failing.length === 0 ? 'all pass' : `${failing.length} not passing`}.${stops && dependents.length > 0 ? html` Depends on it, and was not made: ${dependents.join(', ')}.` : null}</p>
${failing.toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1)).map((check) => failingCheck(check, own))}
<details><summary>Profile of ${version.profile.columns.length} columns</summary>${profileTable(version.profile.columns)}</details>`;
}

function failingCheck(check: CheckResult, evidence: readonly Evidence[]): Html {
  const columns = [...new Set(check.examples.flatMap((row) => Object.keys(row)))];
  const ofTable = check.failingRows === 0 ? evidence.find((item) => item.name === check.name)?.reason : undefined;
  const words = ofTable ?? html`<b>${check.promise}</b>: ${whole(check.failingRows)} of ${whole(check.rows)} rows break it`;
  return html`<p>${check.severity === 'warning' ? html`${warningBadge(check.verdict)} <small>(a warning)</small>` : badge(check.verdict)} ${words}.</p>
${dataTable(
  `Rows that break ${check.name}`,
  columns.map((name) => ({ name })),
  check.examples.map((row) => columns.map((column) => exampleCell(row[column] ?? null))),
)}`;
}

function exampleCell(cell: CheckResult['examples'][number][string]): Html | string {
  return cell === null || cell === undefined ? html`<small>null</small>` : String(cell);
}

function profileTable(columns: readonly ColumnProfile[]): Html | null {
  const figures = ['Nulls', 'Distinct', 'Min', 'Median', 'Max'].map((name) => ({ name, kind: 'number' as const }));
  return dataTable('Profile', [{ name: 'Column' }, { name: 'Type' }, ...figures, { name: 'Distribution' }], columns.map(profileRow));
}

function profileRow(column: ColumnProfile): readonly (Html | string | null)[] {
  const share = column.rows === 0 ? 0 : (100 * column.nulls) / column.rows;
  const drawing =
    column.histogram !== null
      ? sparkHistogram(column.histogram.counts, `Histogram of ${column.name}`)
      : column.top === null
        ? null
        : html`<small>${column.top.slice(0, 4).map((entry) => html`<span class="legend">${cut(entry.value)} ${whole(entry.count)}</span>`)}</small>`;
  return [
    column.name,
    column.type,
    share === 0 ? '0' : `${measured(share)} %`,
    whole(column.distinct),
    valueOf(column.min),
    valueOf(column.quantiles?.[3] ?? null),
    valueOf(column.max),
    drawing,
  ];
}

function valueOf(cell: number | string | null): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cut(moment(cell).replace(/ UTC$/, ''));
  return Number.isInteger(cell) && Math.abs(cell) < 10_000 ? String(cell) : measured(cell);
}

function cut(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
