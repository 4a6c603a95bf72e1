import type { UpStatus } from '@tidegate/core';
import { duration, moment } from '../render/figures.ts';
import { doingWords, noteWords } from '../render/loop-words.ts';
import { counted, shortName } from '../render/words.ts';
import { type Html, html } from '../report/html.ts';

/** Which project, at which commit, by whom watched. */
export function headPart({ project, head, pid, since, to, eventTime, at }: UpStatus): Html {
  const tree = head?.dirty === true ? ', with uncommitted changes' : '';
  const where =
    head === null || head.commit === null
      ? 'no commit yet'
      : html`<code>${head.commit.slice(0, 12)}</code> on ${head.branch ?? 'no branch'}${tree}`;
  const isRehearsal = eventTime !== null && Math.abs(Date.parse(eventTime) - Date.parse(at)) > 1_000;
  return html`<header><h1>${project}</h1><p class="soft">${where}</p></header>
<p class="soft">Watched by process ${pid} since ${moment(since)}${to === null ? '' : `; every branch goes to ${to}`}${isRehearsal && eventTime !== null ? html`; the event clock says <b>${moment(eventTime)}</b>` : ''}.</p>`;
}

/** One sentence: what it does now, and why. */
export function nowPart(status: UpStatus): Html {
  const isBusy = status.change?.ended === null || status.isRefreshing || status.isChecking || status.isReading;
  return html`<p class="now ${status.hindrance !== null ? 'hindered' : isBusy ? 'busy' : ''}" role="status">${doingWords(status)}</p>`;
}

/** What is live in each environment. */
export function livePart({ environments }: UpStatus): Html {
  if (environments.length === 0) return html`<h2>Live</h2><p class="soft">The project has no environments.</p>`;
  const rows = environments.map(({ name, service, release, commit, since, running, address, restarts }) => {
    if (release === null) return html`<tr><td>${name}</td><td class="soft" colspan="6">nothing live</td></tr>`;
    const state = running ? html`<td class="good">answers</td>` : html`<td class="bad">does not run</td>`;
    return html`<tr><td>${name}</td><td>${service}</td>${state}<td><code>${shortName(release)}</code></td><td><code>${commit?.slice(0, 8) ?? 'none'}</code></td><td>${address === null ? '' : html`<a href="${address}">${address}</a>`}</td><td>${since === null ? '' : moment(since)}${restarts > 0 ? `, restarted ${counted(restarts, 'time')}` : ''}</td></tr>`;
  });
  return html`<h2>Live</h2><table><tr><th scope="col">Environment</th><th scope="col">Service</th><th scope="col">State</th><th scope="col">Release</th><th scope="col">Commit</th><th scope="col">Address</th><th scope="col">Since</th></tr>${rows}</table>`;
}

/** How fresh the features are, as the last refresh left them. */
export function featuresPart({ features }: UpStatus): Html {
  if (features === null) return html`<h2>Features</h2><p class="soft">Not refreshed yet.</p>`;
  const { moment: at, durationMs, views, skipped, datasets } = features;
  const age = (newest: string | null): string => (newest === null ? '' : duration(Math.max(0, Date.parse(at) - Date.parse(newest))));
  const rows = views.map(
    ({ view, keys, newestEvent }) =>
      html`<tr><td>${view}</td><td class="number">${keys}</td><td>${newestEvent === null ? 'none' : moment(newestEvent)}</td><td class="number">${age(newestEvent)}</td></tr>`,
  );
  const arrived = datasets
    .filter((one) => one.arrived > 0)
    .map(
      (one) =>
        `${counted(one.arrived, 'row')} of data.${one.dataset}${one.late > 0 ? `, ${one.late} late` : ''}${one.leftOut > 0 ? `, ${one.leftOut} left out` : ''}`,
    );
  return html`<h2>Features</h2><p class="soft">Fresh for ${moment(at)}, in ${duration(durationMs)}; ${arrived.length === 0 ? 'no rows had arrived' : `arrived: ${arrived.join('; ')}`}.</p>
<table><tr><th scope="col">View</th><th scope="col" class="number">Keys written</th><th scope="col">Newest event</th><th scope="col" class="number">Its age</th></tr>${rows}</table>
${skipped.map(({ view, reason }) => html`<p class="soft">${view} is not computed: ${reason}.</p>`)}`;
}

const troubles = new Set(['refused', 'failed', 'unavailable']);

/** The newest notes, newest first. */
export function logPart({ notes }: UpStatus): Html {
  const items = notes.map(({ at, what }) => {
    const isTrouble =
      what.kind === 'refresh-failed' ||
      what.kind === 'check-failed' ||
      what.kind === 'start-failed' ||
      what.kind === 'share-failed' ||
      what.kind === 'tend-failed' ||
      (what.kind === 'store-tended' && what.problems.some(({ hint }) => hint !== null)) ||
      (what.kind === 'monitor-checked' && what.verdict === 'fail') ||
      (what.kind === 'path-ended' && troubles.has(what.outcome));
    return html`<li class="${isTrouble ? 'trouble' : ''}"><time datetime="${at}">${at.slice(0, 19).replace('T', ' ')}</time>${noteWords(what)}</li>`;
  });
  return html`<h2>Log</h2><ol class="log">${items}</ol>`;
}
