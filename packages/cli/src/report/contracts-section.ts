import type { ChangedContract } from '@tidegate/core';
import { hitPlace, readerNames } from '../render/hit-words.ts';
import { counted } from '../render/words.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';

/** Data contracts that differ from the base of a change: what sort of change each is, every difference, and who reads the columns that a breaking one is about. */
export function contractsSection(contracts: readonly ChangedContract[]): Html | null {
  if (contracts.length === 0) return null;
  return html`<h3>Changes of data contracts</h3>${contracts.map(contractPart)}`;
}

function contractPart(changed: ChangedContract): Html {
  const { file, diff, evidence } = changed;
  const changes = (['major', 'minor', 'patch'] as const).flatMap((level) =>
    (diff?.changes ?? []).filter(({ weighed }) => weighed === level),
  );
  const shown = changes.slice(0, mostRows);
  return html`<p>${badge(evidence.verdict)} <code>${file}</code>${diff === null ? null : html`, <b>${diff.level}</b> from ${diff.before.version} to ${diff.after.version}`}: ${evidence.reason}.</p>
${
  shown.length === 0
    ? null
    : html`<details open><summary>${counted(changes.length, 'change')}</summary><table><tr><th>Level</th><th>Where</th><th>What</th></tr>
${shown.map((change) => html`<tr><td>${change.weighed}</td><td>${[change.object, change.property].filter((part) => part !== null).join('.')}</td><td class="words">${change.says}${change.found === null || change.says.includes(change.found) ? null : html` <small>(in the data: ${change.found})</small>`}</td></tr>`)}</table>${rest(changes.length)}</details>`
}
${hitsPart(changed)}`;
}

function hitsPart({ hit }: ChangedContract): Html | null {
  if (hit === null) return null;
  if (hit.byColumn.every((one) => readerNames(one).length === 0)) return html`<p>Nothing of the project reads what is breaking.</p>`;
  return html`<table><tr><th>Breaking column</th><th>Features</th><th>Steps</th><th>Models</th><th>Live</th></tr>
${hit.byColumn.slice(0, mostRows).map((one) => html`<tr><td><code>${hitPlace(one)}</code></td><td class="words">${one.features.join(', ')}</td><td class="words">${one.steps.join(', ')}</td><td class="words">${one.models.join(', ')}</td><td class="words">${one.live.map(({ service, environment }) => html`<b>${service}</b> in ${environment}<br>`)}</td></tr>`)}</table>${rest(hit.byColumn.length)}`;
}

/** A page must stay one that a browser opens at once. */
const mostRows = 200;

function rest(all: number): Html | null {
  return all > mostRows ? html`<p class="soft">${all - mostRows} more are not shown.</p>` : null;
}
