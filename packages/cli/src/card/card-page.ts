import type { ModelFacts } from '@tidegate/core';
import { type Evaluation, type Metric, shortDigest } from '@tidegate/formats';
import { bytes, measured } from '../render/figures.ts';
import { dataTable } from '../report/data-table.ts';
import { type Html, html, raw } from '../report/html.ts';
import { intervalPlot } from '../report/forest.ts';
import { modelSection } from '../report/model/model-section.ts';
import { styleSheet } from '../report/style.ts';
import { type CardSection, cardSections } from './card-sections.ts';

/** The card as one HTML page with its plots: no script, nothing loaded from elsewhere. */
export function cardPage(facts: ModelFacts): string {
  const title = `${facts.model}: model card`;
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title><style>${raw(styleSheet)}</style></head><body><main>
<h1>${title}</h1><p class="soft">Written by Tidegate from records alone. What they do not say is unknown.</p>
${headline(facts)}
${cardSections(facts).map(sectionOf)}
${facts.evaluation === null ? null : html`${modelSection({ ...facts, evaluation: withoutRows(facts.evaluation) })}<h3>Metrics with their intervals</h3>${facts.evaluation.metrics.map(metricPlot)}`}
</main></body></html>`;
  return `${page.markup}\n`;
}

/** The few figures that a reader looks for first. */
function headline({ record, evaluation, version }: ModelFacts): Html {
  const figures: readonly (readonly [string, string])[] = [
    [evaluation?.verdict ?? 'unknown', 'verdict of the gate'],
    ...(evaluation?.metrics ?? []).slice(0, 3).map(({ name, value }) => [measured(value), name] as const),
    [bytes(record.bytes), 'size'],
    [shortDigest(version), 'version'],
  ];
  return html`<div class="facts">${figures.map(([value, name]) => html`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;
}

/** A card is given away, and rows of data are not. */
function withoutRows(evaluation: Evaluation): Evaluation {
  const { errors } = evaluation;
  if (errors === undefined) return evaluation;
  const { against } = errors;
  return { ...evaluation, errors: { ...errors, worst: [], against: against && { ...against, newRows: [], fixedRows: [] } } };
}

function sectionOf({ title, rows }: CardSection): Html {
  const cells = rows.map(([name, value]) => [name, value ?? html`<em class="soft">unknown</em>`]);
  return html`<h2>${title}</h2>${dataTable(title, [{ name: 'What' }, { name: 'Value', kind: 'words' }], cells)}`;
}

/** Each on an axis of its own, for they have units of their own. */
function metricPlot({ name, value, low, high, higherIsBetter }: Metric): Html {
  const note = `${measured(value)}${low === null || high === null ? '' : ` (${measured(low)} to ${measured(high)})`}`;
  return intervalPlot([{ name, value, low: low ?? value, high: high ?? value, tone: 'candidate', note }], {
    axis: `${name}, ${higherIsBetter ? 'higher' : 'lower'} is better`,
    guides: [],
  });
}
