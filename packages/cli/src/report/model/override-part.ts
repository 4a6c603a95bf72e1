import type { Evidence } from '@tidegate/formats';
import { letThrough } from '../../model-evidence/model-evidence.ts';
import { type Html, html } from '../html.ts';
import { verdictBadge } from './evidence-table.ts';

/** What a person let through, with the name and the reason; for ever, so it stands above everything that passed by itself. */
export function overridePart(evidence: readonly Evidence[]): Html | null {
  const told = letThrough(evidence);
  if (told.length === 0) return null;
  return html`<div class="overrides"><p><b>Let through by a person</b></p><ul>${told.map(({ evidence: one, person, reason }) => html`<li>${verdictBadge(one)} <code>${one.name}</code>, by ${person}: ${reason}</li>`)}</ul></div>`;
}
