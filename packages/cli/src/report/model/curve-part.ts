import type { Curve } from '@tidegate/formats';
import { reliabilityPlot } from '../band-plot.ts';
import { type Html, html } from '../html.ts';
import { dotPlot, legend, linePlot } from '../plots.ts';

const unit: readonly [number, number] = [0, 1];

/** ROC, reliability, scores, residuals: what the task has. */
export function curvePart(curves: readonly Curve[]): Html | null {
  if (curves.length === 0) return null;
  const find = (name: Curve['name']): Curve | undefined => curves.find((curve) => curve.name === name);
  const [roc, calibration, actual, residuals] = [find('roc'), find('calibration'), find('predicted-actual'), find('residuals')];
  return html`<div class="plots">
${roc && linePlot([{ ...roc, name: 'ROC', tone: 'candidate' }], { title: 'ROC curve', x: 'false positive rate', y: 'true positive rate', diagonal: true, xRange: unit, yRange: unit })}
${calibration && reliability(calibration)}
${scores(find('scores-positive'), find('scores-negative'))}
${actual && dotPlot([{ ...actual, name: 'rows', tone: 'candidate' }], { title: 'Predicted against actual', x: 'actual', y: 'predicted', diagonal: true })}
${residuals && linePlot([{ ...residuals, name: 'residuals', tone: 'candidate' }], { title: 'Residuals', x: 'actual − predicted', y: 'share of rows' })}
</div>`;
}

function reliability({ x, y, rows, low, high }: Curve): Html {
  const axes = { title: 'Reliability', x: 'predicted probability', y: 'observed share' };
  if (rows === undefined || low === undefined || high === undefined)
    return dotPlot([{ name: 'Calibration', x, y, tone: 'candidate' }], { ...axes, diagonal: true, xRange: unit, yRange: unit });
  return reliabilityPlot(
    { predicted: x, observed: y, rows, low, high },
    { ...axes, caption: html`<span class="soft">grey: rows of each bin</span>` },
  );
}

function scores(positive: Curve | undefined, negative: Curve | undefined): Html | null {
  if (positive === undefined || negative === undefined) return null;
  const caption = legend([
    { tone: 'bad', name: 'label is positive' },
    { tone: 'champion', name: 'label is negative' },
  ]);
  return linePlot(
    [
      { ...positive, name: 'positive', tone: 'bad' },
      { ...negative, name: 'negative', tone: 'champion' },
    ],
    { title: 'Scores by true label', x: 'predicted probability', y: 'share of rows', xRange: unit, caption },
  );
}
