import type { Deployment } from '@tidegate/formats';
import { duration, moment } from '../render/figures.ts';
import { shortName } from '../render/words.ts';
import { type Html, html } from './html.ts';

/** The append-only history of every environment: what was live when, and why it changed. */
export function deploymentSection(deployments: readonly Deployment[]): Html {
  return html`<section class="act"><h2>What was live when</h2><table><tr><th>When</th><th>Environment</th><th>What</th><th>Release</th><th>Instead of</th><th class="number">Switch</th><th>Why</th></tr>
${deployments.toSorted((a, b) => (a.at < b.at ? -1 : 1)).map((one) => html`<tr><td>${moment(one.at)}</td><td>${one.environment}</td><td>${one.action}</td><td><code>${shortName(one.release)}</code></td><td><code>${shortName(one.replaced)}</code></td><td class="number">${one.switchMs === null ? '' : duration(one.switchMs)}</td><td class="words">${one.reason}</td></tr>`)}</table></section>`;
}
