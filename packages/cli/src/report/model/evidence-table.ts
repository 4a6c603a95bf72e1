import type { Evidence } from '@tidegate/formats';
import { badge, warningBadge } from '../badge.ts';
import { dataTable } from '../data-table.ts';
import { type Html, html } from '../html.ts';

/** Evidence in its own sentences. */
export function evidenceTable(caption: string, evidence: readonly Evidence[]): Html | null {
  return dataTable(
    caption,
    [{ name: 'Check' }, { name: 'Verdict' }, { name: 'Why', kind: 'words' }],
    evidence.map((one) => [one.name, verdictBadge(one), one.reason]),
  );
}

/** Filled where it blocks or passes, an outline where it decides nothing. */
export function verdictBadge({ verdict, blocking }: Pick<Evidence, 'verdict' | 'blocking'>): Html {
  return verdict === 'pass' || blocking ? badge(verdict) : warningBadge(verdict);
}

/** A part that is open from the beginning. */
export function part(title: string, content: Html | readonly (Html | null)[]): Html {
  return html`<details open class="part"><summary>${title}</summary>${content}</details>`;
}
