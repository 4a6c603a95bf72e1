import type { Verdict } from '@tidegate/formats';
import { type Html, html } from './html.ts';
import type { Tone } from './plot-frame.ts';

/** A verdict as a coloured word. */
export function badge(verdict: Verdict | null): Html {
  return verdict === null ? html`<span class="verdict none">no verdict</span>` : html`<span class="verdict ${verdict}">${verdict}</span>`;
}

/** The verdict of what decides nothing, drawn as an outline: it must not look like the reason of a stop. */
export function warningBadge(verdict: Verdict): Html {
  return html`<span class="verdict warned ${verdict}">${verdict}</span>`;
}

export const verdictTone: Readonly<Record<Verdict, Tone>> = { pass: 'good', inconclusive: 'doubt', fail: 'bad', invalid: 'bad' };
