import type { FeatureSetRecord } from '@tidegate/formats';
import { duration, moment, whole } from '../render/figures.ts';
import { badge } from './badge.ts';
import { dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';

/** Training and test set with the certificate: what was joined as of when, and that nothing came from the future. */
export function featuresSection(record: FeatureSetRecord): Html {
  const { certificate } = record;
  const clean = certificate.leaks.length === 0;
  return html`<h3>Features: ${record.service.name} ${badge(clean ? 'pass' : 'invalid')}</h3>
<p>Training set ${whole(record.train.rows)} rows until ${timeOr(record.train.until, 'the end')}; test set ${whole(record.test.rows)} rows from ${timeOr(record.test.from, 'the start')} until ${timeOr(record.test.until, 'the end')}.
${clean ? `Computed again from only what was known at ${certificate.probedAt.length} moments: ${whole(certificate.probedRows)} rows compared, none differ.` : 'Some columns come out otherwise when computed from only what was known at prediction time:'}</p>
${dataTable(
  'Leaks',
  [{ name: 'Feature' }, { name: 'Reads' }, { name: 'Known at' }, { name: 'Rows differing', kind: 'number' }],
  certificate.leaks.map((leak) => [
    leak.column,
    leak.source ?? 'could not be singled out',
    leak.knownAt ?? '',
    `${whole(leak.rowsDiffering)} of ${whole(leak.rowsCompared)}`,
  ]),
)}
${dataTable(
  'Views',
  [
    { name: 'View' },
    ...['Present', 'Expired', 'Missing', 'Not yet known, left out', 'Ties broken', 'Oldest value used'].map((name) => ({
      name,
      kind: 'number' as const,
    })),
  ],
  certificate.views.map((view) => [
    view.view,
    ...[view.present, view.expired, view.missing, view.excludedNotYetKnown, view.tiesBroken].map(whole),
    view.maxAgeMs === null ? '' : duration(view.maxAgeMs),
  ]),
)}`;
}

function timeOr(iso: string | null, otherwise: string): string {
  return iso === null ? otherwise : moment(iso);
}
