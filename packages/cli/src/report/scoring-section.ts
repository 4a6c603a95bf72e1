import type { ReplayReport, ScoreReceipt } from '@tidegate/formats';
import { measured, moment, whole } from '../render/figures.ts';
import { counted, shortName } from '../render/words.ts';
import { badge } from './badge.ts';
import { type Html, html, raw } from './html.ts';

/** For how many logged predictions the datasets gave the same answer again, and which features differed. */
export function paritySection(report: ReplayReport): Html {
  const { rows, features, examples } = report;
  const span = `${report.since === null ? 'the beginning' : moment(report.since)} to ${report.until === null ? 'the end' : moment(report.until)}`;
  return html`<section class="act" id="parity"><h2>Online and batch: ${report.service} in ${report.environment}</h2>
<p class="summary ${report.verdict}">${counted(rows.compared, 'prediction')} of ${span} scored again as of the same moments: ${badge(report.verdict)}</p>
<div class="facts"><div><b>${whole(rows.equal)}</b><span>the same to the last bit</span></div><div><b>${whole(rows.close)}</b><span>within ${report.tolerance}</span></div><div><b>${whole(rows.differing)}</b><span>different</span></div><div><b>${whole(rows.refused)}</b><span>not scored now</span></div><div><b>${whole(rows.withOtherFeatures)}</b><span>with other features</span></div></div>
<details${features.some(differs) ? raw(' open') : null}><summary>Features, one by one</summary><table><tr><th>Feature</th><th class="number">Rows</th><th class="number">Other value</th><th class="number">Missing online</th><th class="number">Missing in batch</th><th class="number">SMAPE</th></tr>
${features.map((one) => html`<tr><td>${one.name}</td><td class="number">${whole(one.rows)}</td><td class="number">${whole(one.mismatch)}</td><td class="number">${whole(one.missing)}</td><td class="number">${whole(one.extra)}</td><td class="number">${one.smape === null ? '' : measured(one.smape)}</td></tr>`)}</table></details>
${examples.length === 0 ? null : exampleTable(report)}</section>`;
}

function differs({ mismatch, missing, extra }: ReplayReport['features'][number]): boolean {
  return mismatch + missing + extra > 0;
}

function exampleTable({ examples }: ReplayReport): Html {
  return html`<h3>Rows that differ</h3><table><tr><th>Prediction</th><th>As of</th><th>Answered</th><th>Now</th><th>Features that are not the same</th></tr>
${examples.map((one) => html`<tr><td><code>${one.id}</code></td><td>${moment(one.at)}</td><td class="number">${one.online ?? 'nothing'}</td><td class="number">${one.offline ?? 'nothing'}</td><td class="words">${one.features.map((feature) => html`<div>${feature.name}: ${feature.online ?? 'nothing'} / ${feature.offline ?? 'nothing'}</div>`)}</td></tr>`)}</table>`;
}

/** Files that were scored, newest first. */
export function scoreSection(receipts: readonly ScoreReceipt[]): Html | null {
  if (receipts.length === 0) return null;
  return html`<section class="act" id="batch"><h2>Scored in batch</h2><table><tr><th>When</th><th>Input</th><th class="number">Rows</th><th class="number">Quarantined</th><th>Release</th><th>Output</th></tr>
${receipts.map((one) => html`<tr><td>${moment(one.endedAt)}</td><td class="words">${one.input.path}</td><td class="number">${whole(one.input.rows)}</td><td class="number">${whole(one.quarantined)}</td><td><code>${shortName(one.release)}</code></td><td class="words">${one.output.path}</td></tr>`)}</table></section>`;
}
