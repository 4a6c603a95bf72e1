import type { ModelFacts } from '@tidegate/core';
import type { Metric } from '@tidegate/formats';
import { measured } from '../render/figures.ts';
import { type Html, html, raw } from '../report/html.ts';
import { modelSection } from '../report/model-section.ts';
import { intervalPlot } from '../report/plots.ts';
import { styleSheet } from '../report/style.ts';
import { type CardSection, cardSections } from './card-sections.ts';

/** The card as one HTML page with its plots: no script, nothing loaded from elsewhere. */
export function cardPage(facts: ModelFacts): string {
  const title = `${facts.model}: model card`;
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title><style>${raw(styleSheet)}</style></head><body><main>
<h1>${title}</h1><p class="soft">Written by Tidegate from records alone. What they do not say is unknown.</p>
${cardSections(facts).map(sectionOf)}
${facts.evaluation === null ? null : html`${modelSection(facts.evaluation)}<h3>Metrics with their intervals</h3>${facts.evaluation.metrics.map(metricPlot)}`}
</main></body></html>`;
  return `${page.markup}\n`;
}

function sectionOf({ title, rows }: CardSection): Html {
  return html`<h2>${title}</h2><div class="scroll"><table>${rows.map(([name, value]) => html`<tr><th>${name}</th><td>${value ?? html`<em class="soft">unknown</em>`}</td></tr>`)}</table></div>`;
}

/** Each on an axis of its own, for they have units of their own. */
function metricPlot({ name, value, low, high, higherIsBetter }: Metric): Html {
  const note = `${measured(value)}${low === null || high === null ? '' : ` (${measured(low)} to ${measured(high)})`}`;
  return intervalPlot([{ name, value, low: low ?? value, high: high ?? value, tone: 'candidate', note }], {
    axis: `${name}, ${higherIsBetter ? 'higher' : 'lower'} is better`,
    guides: [],
  });
}
