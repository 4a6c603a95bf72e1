import { html, raw } from './html.ts';
import { moment } from '../render/figures.ts';
import type { Report } from './report.ts';
import { deploymentSection } from './deployment-section.ts';
import { monitorSection } from './monitor-section.ts';
import { runSection } from './run-section.ts';
import { paritySection, scoreSection } from './scoring-section.ts';
import { storySection } from './story-section.ts';
import { styleSheet } from './style.ts';

/** The whole report as one HTML file: no script, nothing loaded from elsewhere. */
export function reportPage(report: Report): string {
  const single = report.runs.length === 1 ? report.runs[0] : undefined;
  const title = single === undefined ? `${report.project}: the story` : `${report.project}: run ${single.run.id}`;
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${title}</title><style>${raw(styleSheet)}</style></head><body><main>
<h1>${report.project}</h1><p class="soft">Written ${moment(report.madeAt)} by Tidegate ${report.version}</p>
${single === undefined ? storySection(report) : null}
${report.runs.map((run, index) => html`<section class="act" id="${run.run.id}">${runSection(run, { number: single === undefined ? index + 1 : null, deployments: report.deployments })}</section>`)}
${report.parity === null ? null : paritySection(report.parity)}
${single === undefined ? scoreSection(report.scores) : null}
${single === undefined ? Object.entries(report.monitors).map(([name, history]) => monitorSection(name, history)) : null}
${single === undefined && report.deployments.length > 0 ? deploymentSection(report.deployments) : null}
</main></body></html>`;
  return page.markup;
}
