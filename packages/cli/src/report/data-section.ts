import type { CheckResult, ColumnProfile, DatasetVersion } from '@tidegate/formats';
import { bytes, measured, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';
import { sparkHistogram } from './plots.ts';

/** A dataset version: failing checks with example rows and what depends on them, and the profile. */
export function dataSection(version: DatasetVersion, dependents: { readonly [name: string]: readonly string[] }): Html {
  const failing = version.checks.filter((check) => check.verdict !== 'pass');
  const after = dependents[`data.${version.dataset}`] ?? [];
  return html`<h3>Data: ${version.dataset} ${badge(version.verdict)}</h3>
<p>${counted(version.rows, 'row')} in ${counted(version.files, 'file')}, ${bytes(version.bytes)}; ${counted(version.checks.length, 'check')} of its data contract, ${failing.length === 0 ? 'all pass' : `${failing.length} not passing`}.</p>
${failing.map((check) => failingCheck(check, after))}
<details><summary>Profile of ${version.profile.columns.length} columns</summary><table><tr><th>Column</th><th>Type</th><th class="number">Nulls</th><th class="number">Distinct</th><th class="number">Min</th><th class="number">Median</th><th class="number">Max</th><th>Distribution</th></tr>
${version.profile.columns.map(profileRow)}</table></details>`;
}

function failingCheck(check: CheckResult, dependents: readonly string[]): Html {
  const columns = [...new Set(check.examples.flatMap((row) => Object.keys(row)))];
  return html`<p>${badge(check.verdict)} <b>${check.promise}</b>: ${whole(check.failingRows)} of ${whole(check.rows)} rows break it${check.severity === 'warning' ? ' (a warning)' : ''}.${dependents.length > 0 && check.severity === 'error' ? html` Depends on it: ${dependents.join(', ')}.` : null}</p>
${check.examples.length === 0 ? null : html`<table><tr>${columns.map((column) => html`<th>${column}</th>`)}</tr>${check.examples.map((row) => html`<tr>${columns.map((column) => html`<td>${row[column] === null || row[column] === undefined ? html`<small>null</small>` : String(row[column])}</td>`)}</tr>`)}</table>`}`;
}

function profileRow(column: ColumnProfile): Html {
  const value = (cell: number | string | null): string => (cell === null ? '' : typeof cell === 'number' ? measured(cell) : cell);
  const share = column.rows === 0 ? 0 : (100 * column.nulls) / column.rows;
  const drawing =
    column.histogram !== null
      ? sparkHistogram(column.histogram.counts, `Histogram of ${column.name}`)
      : column.top === null
        ? null
        : html`<small>${column.top
            .slice(0, 4)
            .map((entry) => `${entry.value} ${whole(entry.count)}`)
            .join(', ')}</small>`;
  return html`<tr><td>${column.name}</td><td>${column.type}</td><td class="number">${share === 0 ? '0' : `${measured(share)} %`}</td><td class="number">${whole(column.distinct)}</td><td class="number">${value(column.min)}</td><td class="number">${value(column.quantiles?.[3] ?? null)}</td><td class="number">${value(column.max)}</td><td>${drawing}</td></tr>`;
}
