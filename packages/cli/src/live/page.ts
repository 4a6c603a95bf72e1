import { createHash } from 'node:crypto';
import type { UpStatus, WatchedMonitor } from '@tidegate/core';
import { html, raw } from '../report/html.ts';
import { styleSheet } from '../report/style.ts';
import { changePart } from './change-part.ts';
import { liveStyle } from './live-style.ts';
import { monitorsPart } from './monitors-part.ts';
import { featuresPart, headPart, livePart, logPart, nowPart } from './parts.ts';

/**
 * Asks for the parts every second, every five while nobody looks, and replaces those that differ; what is folded out stays so. Says so when nobody
 * answers any more.
 */
const script = `
const shown = {}, lost = document.getElementById('lost');
async function look() {
  try {
    const answer = await fetch('/api/parts');
    if (!answer.ok) throw new Error(answer.status);
    for (const [id, markup] of Object.entries(await answer.json())) {
      const element = document.getElementById(id);
      if (!element || shown[id] === markup) continue;
      const open = [...element.querySelectorAll('details[open]')].map((one) => one.id);
      element.innerHTML = shown[id] = markup;
      for (const one of open) if (document.getElementById(one)) document.getElementById(one).open = true;
    }
    lost.hidden = true;
  } catch {
    if (lost.hidden) lost.textContent = 'No answer since ' + new Date().toLocaleTimeString() + ': below is what was so then.';
    lost.hidden = false;
  }
  setTimeout(look, document.hidden ? 5000 : 1000);
}
setTimeout(look, 1000);
`;

const allowed = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The live page of `tidegate up` as one HTML document: one script of its own, nothing loaded from elsewhere. */
export function livePage(status: UpStatus, monitors: readonly WatchedMonitor[]): string {
  const parts = Object.entries(liveParts(status, monitors)).map(([id, markup]) => html`<section id="${id}">${raw(markup)}</section>`);
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${allowed}"><title>${status.project}: live</title><style>${raw(styleSheet)}${raw(liveStyle)}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript></head><body><main><p id="lost" role="alert" hidden></p>${parts}</main><script>${raw(script)}</script></body></html>`
    .markup;
}

/** Parts of the page by the id of their element. */
export function liveParts(status: UpStatus, monitors: readonly WatchedMonitor[]): { readonly [id: string]: string } {
  return {
    head: headPart(status).markup,
    now: nowPart(status).markup,
    change: changePart(status).markup,
    live: livePart(status).markup,
    monitors: monitorsPart(status, monitors).markup,
    features: featuresPart(status).markup,
    log: logPart(status).markup,
  };
}
