import type { FeatureSetRecord } from '@tidegate/formats';
import { duration, moment, whole } from '../render/figures.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';

/** Training and test set with the certificate: what was joined as of when, and that nothing came from the future. */
export function featuresSection(record: FeatureSetRecord): Html {
  const { certificate } = record;
  const clean = certificate.leaks.length === 0;
  return html`<h3>Features: ${record.service.name} ${badge(clean ? 'pass' : 'invalid')}</h3>
<p>Training set ${whole(record.train.rows)} rows until ${timeOr(record.train.until, 'the end')}; test set ${whole(record.test.rows)} rows from ${timeOr(record.test.from, 'the start')} until ${timeOr(record.test.until, 'the end')}.
${clean ? `Computed again from only what was known at ${certificate.probedAt.length} moments: ${whole(certificate.probedRows)} rows compared, none differ.` : 'Some columns come out otherwise when computed from only what was known at prediction time:'}</p>
${clean ? null : html`<table><tr><th>Feature</th><th>Reads</th><th>Known at</th><th class="number">Rows differing</th></tr>${certificate.leaks.map((leak) => html`<tr><td>${leak.column}</td><td>${leak.source ?? 'could not be singled out'}</td><td>${leak.knownAt ?? ''}</td><td class="number">${whole(leak.rowsDiffering)} of ${whole(leak.rowsCompared)}</td></tr>`)}</table>`}
<table><tr><th>View</th><th class="number">Present</th><th class="number">Expired</th><th class="number">Missing</th><th class="number">Not yet known, left out</th><th class="number">Ties broken</th><th class="number">Oldest value used</th></tr>
${certificate.views.map((view) => html`<tr><td>${view.view}</td><td class="number">${whole(view.present)}</td><td class="number">${whole(view.expired)}</td><td class="number">${whole(view.missing)}</td><td class="number">${whole(view.excludedNotYetKnown)}</td><td class="number">${whole(view.tiesBroken)}</td><td class="number">${view.maxAgeMs === null ? '' : duration(view.maxAgeMs)}</td></tr>`)}</table>`;
}

function timeOr(iso: string | null, otherwise: string): string {
  return iso === null ? otherwise : moment(iso);
}
