import type { UpStatus } from '@tidegate/core';
import { noteLine } from '../render/loop-words.ts';
import { html, raw } from '../report/html.ts';
import { styleSheet } from '../report/style.ts';

/** The live page of `tidegate up` as one HTML document: nothing is loaded from elsewhere. */
export function livePage(status: UpStatus): string {
  const parts = Object.entries(liveParts(status)).map(([id, markup]) => html`<section id="${id}">${raw(markup)}</section>`);
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${status.project}</title><style>${raw(styleSheet)}</style></head><body><main>${parts}</main></body></html>`
    .markup;
}

/** Parts of the page by the id of their element. */
export function liveParts(status: UpStatus): { readonly [id: string]: string } {
  return { log: html`<h2>Log</h2><pre>${status.notes.map(noteLine).join('\n')}</pre>`.markup };
}
