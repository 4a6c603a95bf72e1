import type { ErrorAnalysis, ErrorRow } from '@tidegate/formats';
import { measured, whole } from '../../render/figures.ts';
import { dataTable } from '../data-table.ts';
import { type Html, html } from '../html.ts';
import { intervalPlot } from '../forest.ts';

/** Of the worst rows that are shown at once; the others are folded. */
const mostRows = 8;
/** Inputs of a row that are shown at once; the others are folded. */
const mostColumns = 4;

/** Where the model is wrong: how often, what errors have in common, and rows. */
export function errorPart(errors: ErrorAnalysis): Html {
  const { rows, errors: count, threshold, gathered, against, worst, hidden } = errors;
  const share = rows === 0 ? 0 : (100 * count) / rows;
  const what = threshold === null ? 'a wrong answer' : `an error above ${measured(threshold)}`;
  return html`<p>${whole(count)} of ${whole(rows)} rows (${measured(share)} %) have ${what}.</p>
${errors.confusion && confusionTable(errors.confusion)}
${against && flips(against)}
${gathered.length === 0 ? null : html`<h4>What errors have in common</h4>${gatheredPlot(errors)}`}
${worst.length === 0 ? null : html`<h4>The rows it is most wrong about</h4>${rowTable('Rows of the largest loss', worst.slice(0, mostRows), errors)}`}
${rowsOf('More of the rows it is most wrong about', worst.slice(mostRows), errors)}
${rowsOf('New errors, which the champion does not make', against?.newRows ?? [], errors)}
${rowsOf('Errors of the champion that are gone', against?.fixedRows ?? [], errors)}
${hidden.length === 0 ? null : html`<p class="soft">Not shown, for they are personal: ${hidden.join(', ')}.</p>`}`;
}

function confusionTable({ classes, counts }: NonNullable<ErrorAnalysis['confusion']>): Html {
  return html`<h4>What is taken for what</h4><div class="scroll"><table class="confusion" aria-label="Confusion matrix"><thead><tr><th scope="col">label ╲ model says</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${counts.map((line, label) => html`<tr><th scope="row">${classes[label] ?? ''}</th>${line.map((count, said) => confusionCell(count, { of: sumOf(line), isRight: label === said }))}</tr>`)}</tbody></table></div>`;
}

/** The deeper the colour, the larger the share of the rows with the label. */
function confusionCell(count: number, { of, isRight }: { readonly of: number; readonly isRight: boolean }): Html {
  const share = of === 0 ? 0 : count / of;
  return html`<td class="${isRight ? 'right' : 'wrong'}" style="--share:${share.toFixed(3)}">${whole(count)} <small>${(100 * share).toFixed(0)} %</small></td>`;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function flips({ rows, both, new: added, fixed }: NonNullable<ErrorAnalysis['against']>): Html {
  return html`<div class="facts"><div><b>${whole(added)}</b><span>new errors</span></div><div><b>${whole(fixed)}</b><span>fixed errors</span></div><div><b>${whole(both)}</b><span>errors of both</span></div><div><b>${whole(rows)}</b><span>rows compared</span></div></div>`;
}

function gatheredPlot({ gathered, errors, rows }: ErrorAnalysis): Html {
  return intervalPlot(
    gathered.map((one) => {
      const share = one.errors / one.rows;
      return {
        name: one.slice,
        value: share,
        low: share,
        high: share,
        tone: 'bad',
        note: `${whole(one.errors)} of ${whole(one.rows)} rows, ${measured(one.lift)} times as often`,
      };
    }),
    { axis: 'share of rows that are errors', guides: [{ at: errors / Math.max(1, rows), name: 'all rows' }], bars: true },
  );
}

function rowsOf(title: string, rows: readonly ErrorRow[], errors: ErrorAnalysis): Html | null {
  return rows.length === 0
    ? null
    : html`<details><summary>${title}: ${rows.length} of them</summary>${rowTable(title, rows, errors)}</details>`;
}

function rowTable(caption: string, rows: readonly ErrorRow[], { inputs }: ErrorAnalysis): Html | null {
  const shown = inputs.slice(0, mostColumns);
  const hasChampion = rows.some(({ champion }) => champion !== null);
  const columns = [
    { name: 'Row' },
    { name: 'Label' },
    { name: 'Model says' },
    ...(hasChampion ? [{ name: 'Champion says' }] : []),
    { name: 'Loss', kind: 'number' as const },
    ...shown.map((name) => ({ name })),
    ...(inputs.length > shown.length ? [{ name: 'Other inputs', kind: 'words' as const }] : []),
  ];
  return dataTable(
    caption,
    columns,
    rows.map((row) => [
      row.id ?? `row ${whole(row.row)}`,
      row.label,
      row.probability === null ? row.prediction : `${row.prediction} (${percentOf(row.probability)})`,
      ...(hasChampion ? [row.champion ?? ''] : []),
      measured(row.loss),
      ...shown.map((name) => valueText(row.inputs[name])),
      ...(inputs.length > shown.length ? [otherInputs(row, inputs.slice(mostColumns))] : []),
    ]),
  );
}

function otherInputs(row: ErrorRow, names: readonly string[]): Html {
  return html`<details><summary>${names.length}</summary>${names.map((name) => html`<div>${name}: ${valueText(row.inputs[name])}</div>`)}</details>`;
}

function percentOf(probability: number): string {
  return `${(100 * probability).toFixed(1)} %`;
}

/** A value as one would write it; nothing for a missing one. */
export function valueText(value: ErrorRow['inputs'][string] | undefined): string {
  if (value === null || value === undefined) return 'missing';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}
