import type { ReplayReport, ScoreReceipt } from '@tidegate/formats';
import { measured, moment, whole } from '../render/figures.ts';
import { counted, shortName } from '../render/words.ts';
import { badge } from './badge.ts';
import { dataTable } from './data-table.ts';
import { type Html, html, raw } from './html.ts';

/** For how many logged predictions the datasets gave the same answer again, and which features differed. */
export function paritySection(report: ReplayReport): Html {
  const { rows, features, examples } = report;
  const span = `${report.since === null ? 'the beginning' : moment(report.since)} to ${report.until === null ? 'the end' : moment(report.until)}`;
  return html`<section class="act" id="parity"><h2>Online and batch: ${report.service} in ${report.environment}</h2>
<p class="summary ${report.verdict}">${counted(rows.compared, 'prediction')} of ${span} scored again as of the same moments: ${badge(report.verdict)}</p>
<div class="facts"><div><b>${whole(rows.equal)}</b><span>the same to the last bit</span></div><div><b>${whole(rows.close)}</b><span>within ${report.tolerance}</span></div><div><b>${whole(rows.differing)}</b><span>different</span></div><div><b>${whole(rows.refused)}</b><span>not scored now</span></div><div><b>${whole(rows.withOtherFeatures)}</b><span>with other features</span></div></div>
<details${features.some(differs) ? raw(' open') : null}><summary>Features, one by one</summary>${dataTable(
    'Features',
    [
      { name: 'Feature' },
      ...['Rows', 'Other value', 'Missing online', 'Missing in batch', 'SMAPE'].map((name) => ({ name, kind: 'number' as const })),
    ],
    features.map((one) => [
      one.name,
      ...[one.rows, one.mismatch, one.missing, one.extra].map(whole),
      one.smape === null ? '' : measured(one.smape),
    ]),
  )}</details>
${examples.length === 0 ? null : exampleTable(report)}</section>`;
}

function differs({ mismatch, missing, extra }: ReplayReport['features'][number]): boolean {
  return mismatch + missing + extra > 0;
}

function exampleTable({ examples }: ReplayReport): Html {
  return html`<h3>Rows that differ</h3>${dataTable(
    'Rows that differ',
    [
      { name: 'Prediction' },
      { name: 'As of' },
      { name: 'Answered', kind: 'number' },
      { name: 'Now', kind: 'number' },
      { name: 'Features that are not the same', kind: 'words' },
    ],
    examples.map((one) => [
      html`<code>${one.id}</code>`,
      moment(one.at),
      one.online ?? 'nothing',
      one.offline ?? 'nothing',
      html`${one.features.map((feature) => html`<div>${feature.name}: ${feature.online ?? 'nothing'} / ${feature.offline ?? 'nothing'}</div>`)}`,
    ]),
  )}`;
}

/** Files that were scored, newest first. */
export function scoreSection(receipts: readonly ScoreReceipt[]): Html | null {
  if (receipts.length === 0) return null;
  return html`<section class="act" id="batch"><h2>Scored in batch</h2>${dataTable(
    'Files that were scored',
    [
      { name: 'When' },
      { name: 'Input' },
      { name: 'Rows', kind: 'number' },
      { name: 'Quarantined', kind: 'number' },
      { name: 'Release' },
      { name: 'Output' },
    ],
    receipts.map((one) => [
      moment(one.endedAt),
      one.input.path,
      whole(one.input.rows),
      whole(one.quarantined),
      html`<code>${shortName(one.release)}</code>`,
      one.output.path,
    ]),
  )}</section>`;
}
