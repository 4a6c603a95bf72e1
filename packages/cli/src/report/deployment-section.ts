import type { Deployment } from '@tidegate/formats';
import { duration, moment } from '../render/figures.ts';
import { shortName } from '../render/words.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';

/** The append-only history of every environment: what was live when, and why it changed. */
export function deploymentSection(deployments: readonly Deployment[]): Html {
  return html`<section class="act"><h2>What was live when</h2>${dataTable(
    'Deployments',
    [
      { name: 'When' },
      { name: 'Environment' },
      { name: 'What' },
      { name: 'Release' },
      { name: 'Instead of' },
      { name: 'Switch', kind: 'number' },
      { name: 'Why', kind: 'words' },
    ],
    deployments
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      .map((one) => [
        moment(one.at),
        one.environment,
        one.action,
        html`<code>${shortName(one.release)}</code>`,
        html`<code>${shortName(one.replaced)}</code>`,
        one.switchMs === null ? '' : duration(one.switchMs),
        one.reason,
      ]),
  )}</section>`;
}
