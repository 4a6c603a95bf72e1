import type { Correlations, DatasetProfile } from '@tidegate/core';
import { type ColumnProfile, shortDigest } from '@tidegate/formats';
import { measured, moment, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { type Html, html, raw } from './html.ts';
import { profileStyle } from './profile-style.ts';
import { styleSheet } from './style.ts';

/** The profile of a dataset version as one HTML file: no script, nothing loaded from elsewhere, readable on a phone, light and dark. */
export function profilePage({ name, digest, profile, correlations }: DatasetProfile): string {
  const cells = profile.rows * profile.columns.length;
  const missing = profile.columns.reduce((sum, { nulls }) => sum + nulls, 0);
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${name}: profile</title><style>${raw(styleSheet)}${raw(profileStyle)}</style></head><body><main>
<h1>${name}</h1><p class="soft">Profile of dataset version <code>${shortDigest(digest)}</code></p>
<div class="facts"><div><b>${whole(profile.rows)}</b><span>rows</span></div><div><b>${profile.columns.length}</b><span>columns</span></div><div><b>${share(missing, cells)}</b><span>of all values missing</span></div></div>
<nav class="columns">${profile.columns.map((column, at) => html`<a href="#c${at}">${cut(column.name, 40)}</a>`)}</nav>
<div class="cards">${profile.columns.map(card)}</div>
${correlations === null ? null : matrix(correlations)}
${profile.columns.some(({ distinctError = 0 }) => distinctError > 0) ? html`<p><small>≈ is estimated (HyperLogLog) with a standard error of 2.3 %. Quantiles are off by at most 1 % of their value or a bin's width; histograms count exactly.</small></p>` : null}
</main></body></html>`;
  return page.markup;
}

function card(column: ColumnProfile, at: number): Html {
  const { name, type, rows, nulls, distinct, distinctError = 0, notNumbers = 0, infinite = 0 } = column;
  const facts: readonly (readonly [string, string] | null)[] = [
    ['missing', share(nulls, rows)],
    ['distinct', `${distinctError > 0 ? '≈ ' : ''}${whole(distinct)}`],
    column.mean === null ? null : ['mean', value(column.mean)],
    column.std === null ? null : ['std', value(column.std)],
    notNumbers === 0 ? null : ['NaN', whole(notNumbers)],
    infinite === 0 ? null : ['infinite', whole(infinite)],
    column.lengths === undefined || column.lengths === null ? null : ['length', lengthText(column.lengths)],
  ];
  return html`<section class="card" id="c${at}"><h2>${name}</h2><p class="soft">${type}</p>
<dl>${facts.map((fact) => fact && html`<div><dt>${fact[0]}</dt><dd>${fact[1]}</dd></div>`)}</dl>
${nulls > 0 ? html`<div class="missing" role="img" aria-label="${share(nulls, rows)} missing"><i style="width:${((100 * nulls) / rows).toFixed(2)}%"></i></div>` : null}
${drawing(column)}</section>`;
}

function lengthText({ min, max, mean }: NonNullable<ColumnProfile['lengths']>): string {
  return min === max ? whole(min) : `${whole(min)} to ${whole(max)}, ${value(mean)} on average`;
}

function drawing(column: ColumnProfile): Html {
  const { histogram, top, patterns, rows, nulls, min, max } = column;
  if (rows === nulls) return html`<p class="soft">No value</p>`;
  if (histogram !== null) return html`${plot(column, histogram.counts.slice(1, -1))}${quantileRow(column)}`;
  if (top === null && patterns === undefined) return html`<p class="soft">${value(min)} to ${value(max)}</p>`;
  const known = rows - nulls;
  const isTelling = top !== null && (top[0]?.count ?? 0) * 100 >= known; // else nearly every row has a text of its own
  const shapes = patterns === undefined || patterns === null || patterns.values.length === 0 ? null : patterns;
  const ofShapes =
    shapes && bars(`${counted(shapes.rows, 'row')} by shape: A capital, a letter, 9 digit`, shapes.values.slice(0, 8), shapes.rows);
  if (!isTelling && ofShapes !== null) return ofShapes;
  return html`${top === null || top.length === 0 ? null : bars('Most frequent values', top.slice(0, 8), known)}${ofShapes && html`<details><summary>Patterns</summary>${ofShapes}</details>`}`;
}

const width = 320;
const height = 110;

/** A histogram; its bins are named by their edges, of moments as such. */
function plot({ histogram, min, max, name }: ColumnProfile, counts: readonly number[]): Html {
  const highest = Math.max(1, ...counts);
  const step = width / counts.length;
  const edges = histogram?.edges ?? [];
  const bin = (at: number): string => (typeof min === 'number' ? `${value(edges[at] ?? null)} to ${value(edges[at + 1] ?? null)}: ` : '');
  const drawn = counts.map((count, at) => {
    const tall = count === 0 ? 0 : Math.max(1, (count / highest) * height);
    return html`<rect class="bar candidate" x="${round(at * step + step * 0.05)}" y="${round(height - tall)}" width="${round(step * 0.9)}" height="${round(tall)}"><title>${bin(at)}${counted(count, 'row')}</title></rect>`;
  });
  return html`<svg class="histogram" viewBox="0 0 ${width} ${height + 2}" preserveAspectRatio="none" role="img" aria-label="Histogram of ${name}">${drawn}<line class="axis" x1="0" x2="${width}" y1="${height + 1}" y2="${height + 1}"/></svg>
<p class="range"><span>${value(min)}</span><span>${value(max)}</span></p>`;
}

function quantileRow({ quantiles }: ColumnProfile): Html | null {
  if (quantiles === null) return null;
  const names = ['1 %', '5 %', '25 %', 'median', '75 %', '95 %', '99 %'];
  return html`<details><summary>Quantiles</summary><table><tr>${names.map((name) => html`<th class="number">${name}</th>`)}</tr><tr>${quantiles.map((one) => html`<td class="number">${value(one)}</td>`)}</tr></table></details>`;
}

function bars(title: string, values: readonly { readonly value: string; readonly count: number }[], of: number): Html {
  const highest = Math.max(1, ...values.map(({ count }) => count));
  return html`<h3>${title}</h3><ul class="bars">${values.map(
    ({ value: text, count }) =>
      html`<li><i style="width:${((100 * count) / highest).toFixed(2)}%"></i><span>${text === '' ? html`<em>empty text</em>` : cut(text, 60)}</span><b>${share(count, of)}</b></li>`,
  )}</ul>`;
}

function matrix({ columns, pearson, spearman, spearmanError }: Correlations): Html {
  if (columns.length < 2) return html`<h2>Correlations</h2><p class="soft">Fewer than two columns of numbers</p>`;
  const cell = (r: number | null): Html =>
    r === null
      ? html`<td class="r">–</td>`
      : html`<td class="r ${r < 0 ? 'minus' : 'plus'}" style="--r:${Math.abs(r).toFixed(3)}">${r.toFixed(2)}</td>`;
  const part = (
    name: string,
    values: Correlations['pearson'],
  ): Html => html`<p class="soft">${name}, over rows where both have a value</p><table class="matrix"><tr><th></th>${columns.map((column) => html`<th title="${column}">${cut(column, 12)}</th>`)}</tr>
${columns.map((column, at) => html`<tr><th title="${column}">${cut(column, 24)}</th>${(values[at] ?? []).map(cell)}</tr>`)}</table>`;
  return html`<h2>Correlations</h2>${part("Pearson's r", pearson)}${part(`Spearman's rho${spearmanError === 0 ? '' : `, off by ${measured(spearmanError)} at most`}`, spearman)}`;
}

function share(count: number, of: number): string {
  if (count === 0 || of === 0) return '0 %';
  const percent = (100 * count) / of;
  return percent < 0.01 ? '< 0.01 %' : `${percent >= 99.995 && count < of ? '> 99.99' : percent.toFixed(percent < 1 ? 2 : 1)} %`;
}

function value(cell: number | string | null): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cut(moment(cell).replace(/ UTC$/, ''), 40);
  return Number.isInteger(cell) && Math.abs(cell) < 10_000 ? String(cell) : measured(cell);
}

function cut(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : text;
}

function round(pixels: number): string {
  return String(Number(pixels.toFixed(2)));
}
