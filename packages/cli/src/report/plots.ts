import { type Html, html } from './html.ts';
import { frame, height, type LinePlotOptions, margin, rangeOf, round, scale, shortened, tickText, type Tone, width } from './plot-frame.ts';

/** Plots as inline SVG: no script, no library, readable in print. Sizes are in CSS pixels. */

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly tone: Tone;
}

/** Lines over two numeric axes. */
export function linePlot(series: readonly Series[], options: LinePlotOptions): Html {
  const x = scale(options.xRange ?? rangeOf(series.flatMap((one) => one.x)), margin.left, width - margin.right);
  const y = scale(options.yRange ?? rangeOf(series.flatMap((one) => one.y)), height - margin.bottom, margin.top);
  const diagonal = options.diagonal
    ? html`<line class="guide" x1="${x.at(x.low)}" y1="${y.at(y.low)}" x2="${x.at(x.high)}" y2="${y.at(y.high)}"/>`
    : null;
  return frame(options, { x, y }, [
    diagonal,
    series.map(
      (one) =>
        html`<polyline class="line ${one.tone}" points="${one.x.map((value, index) => `${round(x.at(value))},${round(y.at(one.y[index] ?? 0))}`).join(' ')}"><title>${one.name}</title></polyline>`,
    ),
  ]);
}

/** Dots over two numeric axes. */
export function dotPlot(series: readonly Series[], options: LinePlotOptions): Html {
  const x = scale(options.xRange ?? rangeOf(series.flatMap((one) => one.x)), margin.left, width - margin.right);
  const y = scale(options.yRange ?? rangeOf(series.flatMap((one) => one.y)), height - margin.bottom, margin.top);
  const diagonal = options.diagonal
    ? html`<line class="guide" x1="${x.at(x.low)}" y1="${y.at(x.low)}" x2="${x.at(x.high)}" y2="${y.at(x.high)}"/>`
    : null;
  return frame(options, { x, y }, [
    diagonal,
    series.map((one) =>
      one.x.map(
        (value, index) => html`<circle class="dot ${one.tone}" cx="${round(x.at(value))}" cy="${round(y.at(one.y[index] ?? 0))}" r="2.5"/>`,
      ),
    ),
  ]);
}

/** A small histogram without axes, for a table cell. `counts` has one bin more at each end than `edges` encloses; empty outer bins are not drawn. */
export function sparkHistogram(counts: readonly number[], label: string): Html {
  const drawn = counts.filter((count, index) => count > 0 || (index > 0 && index < counts.length - 1));
  const top = Math.max(1, ...drawn);
  const bar = 110 / Math.max(1, drawn.length);
  const bars = drawn.map(
    (count, index) =>
      html`<rect x="${round(index * bar)}" y="${round(24 - (count / top) * 24)}" width="${round(Math.max(0.5, bar - 0.6))}" height="${round((count / top) * 24)}"/>`,
  );
  return html`<svg class="spark" viewBox="0 0 110 24" width="110" height="24" role="img" aria-label="${label}">${bars}</svg>`;
}

export interface SharePlotOptions {
  readonly title: string;
  /** What the first and the second bar of each pair are. */
  readonly names: readonly [string, string];
}

/** Shares of the rows by bin, two bars a bin: how a distribution is now beside how it was. */
export function sharePlot(
  bins: readonly { readonly name: string; readonly shares: readonly [number, number] }[],
  { title, names }: SharePlotOptions,
): Html {
  const y = scale([0, Math.max(0.01, ...bins.flatMap(({ shares }) => shares))], height - margin.bottom, margin.top);
  const step = (width - margin.left - margin.right) / Math.max(1, bins.length);
  const tones = ['champion', 'candidate'] as const;
  const bars = bins.map(({ name, shares }, index) =>
    shares.map((share, which) => {
      const [at, top] = [margin.left + index * step + step * (0.1 + 0.4 * which), y.at(share)];
      return html`<rect class="bar ${tones[which]}" x="${round(at)}" y="${round(top)}" width="${round(step * 0.38)}" height="${round(y.at(0) - top)}"><title>${name}, ${names[which]}: ${(share * 100).toFixed(1)} %</title></rect>`;
    }),
  );
  const grid = y.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y.at(tick))}" y2="${round(y.at(tick))}"/><text class="tick" text-anchor="end" x="${margin.left - 5}" y="${round(y.at(tick) + 3)}">${tickText(tick * 100)} %</text>`,
  );
  const every = Math.ceil(bins.length / 4);
  const labels = bins.map(({ name }, index) =>
    index % every === 0
      ? html`<text class="tick" text-anchor="middle" x="${round(margin.left + (index + 0.5) * step)}" y="${height - margin.bottom + 14}">${shortened(name)}</text>`
      : null,
  );
  return html`<figure><svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><text class="title" x="${margin.left}" y="14">${title}</text>${grid}${bars}${labels}</svg></figure>`;
}

export interface OverlaidHistogram {
  readonly low: number;
  readonly high: number;
  /** Shares of the rows by bin, all of one width. */
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Two histograms over one axis: how a distribution was as an area, how it is as a line above it. */
export function overlaidHistogram({ low, high, reference, current }: OverlaidHistogram, { title, names }: SharePlotOptions): Html {
  const y = scale([0, Math.max(0.01, ...reference, ...current)], height - margin.bottom, margin.top);
  const x = scale([low, high], margin.left, width - margin.right);
  const outline = (shares: readonly number[]): string => {
    const at = (bin: number): string => round(x.at(low + ((high - low) * bin) / shares.length));
    const steps = shares.flatMap((share, bin) => [`${at(bin)},${round(y.at(share))}`, `${at(bin + 1)},${round(y.at(share))}`]);
    return [`${at(0)},${round(y.at(0))}`, ...steps, `${at(shares.length)},${round(y.at(0))}`].join(' ');
  };
  return frame({ title, x: '', y: 'share of rows' }, { x, y }, [
    html`<polygon class="area champion" points="${outline(reference)}"><title>${names[0]}</title></polygon>`,
    html`<polyline class="line candidate" points="${outline(current)}"><title>${names[1]}</title></polyline>`,
  ]);
}

/** A legend for the tones in use. */
export function legend(entries: readonly { readonly tone: Tone; readonly name: string }[]): Html {
  return html`${entries.map((entry) => html`<span class="legend"><span class="swatch ${entry.tone}"></span>${entry.name}</span> `)}`;
}
