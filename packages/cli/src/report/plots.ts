import { type Html, html } from './html.ts';

/** Plots as inline SVG: no script, no library, readable in print. Sizes are in CSS pixels. */

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly tone: Tone;
}

export type Tone = 'candidate' | 'champion' | 'good' | 'bad' | 'doubt' | 'plain';

export interface LinePlotOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly diagonal?: true;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Below the plot: what the tones mean. */
  readonly caption?: Html;
}

const width = 300;
const height = 236;
const margin = { left: 58, right: 10, top: 26, bottom: 38 };

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

export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly tone: Tone;
  readonly note: string;
}

export interface IntervalPlotOptions {
  /** What the axis shows, with its unit. */
  readonly axis: string;
  /** Vertical lines with a name: 0, the margin. */
  readonly guides: readonly { readonly at: number; readonly name: string }[];
}

/** Estimates with their intervals, one a row, on a common axis. */
export function intervalPlot(intervals: readonly Interval[], { axis, guides }: IntervalPlotOptions): Html {
  const left = 170;
  const right = 280;
  const bottom = 26 + intervals.length * rowHeight;
  const x = scale(rangeOf([...intervals.flatMap((one) => [one.low, one.high]), ...guides.map((guide) => guide.at)]), left, wide - right);
  const lines = guides.map(
    (guide) =>
      html`<line class="guide" x1="${round(x.at(guide.at))}" y1="18" x2="${round(x.at(guide.at))}" y2="${bottom}"/><text class="tick" text-anchor="${guide.at < 0 ? 'end' : 'start'}" x="${round(x.at(guide.at))}" y="12">${guide.name}</text>`,
  );
  const rows = intervals.map((one, index) => {
    const y = 36 + index * rowHeight;
    return html`<text class="label" text-anchor="end" x="${left - 12}" y="${y + 4}">${one.name}</text>
      <line class="interval ${one.tone}" x1="${round(x.at(one.low))}" y1="${y}" x2="${round(x.at(one.high))}" y2="${y}"/>
      <circle class="dot ${one.tone}" cx="${round(x.at(one.value))}" cy="${y}" r="4"/><text class="note" x="${wide - right + 14}" y="${y + 4}">${one.note}</text>`;
  });
  return wideFrame({ height: bottom + 38, label: axis }, [
    verticals(x, { top: 18, bottom }),
    lines,
    rows,
    axisName(axis, { x, y: bottom + 31 }),
  ]);
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

function shortened(name: string): string {
  return name.length > 12 ? `${name.slice(0, 11)}…` : name;
}

export interface Span {
  readonly name: string;
  /** In milliseconds from the beginning; null for what took no time. */
  readonly span: { readonly start: number; readonly end: number; readonly tone: Tone } | null;
  readonly note: string;
}

/** Bars along time, one a row. */
export function timeline(spans: readonly Span[]): Html {
  const left = 190;
  const bottom = 4 + spans.length * rowHeight;
  const endMs = Math.max(1, ...spans.map(({ span }) => span?.end ?? 0));
  const x = scale([0, endMs / 1000], left, wide - 90);
  const bars = spans.map(({ name, span, note }, index) => {
    const y = 4 + index * rowHeight;
    const [from, to] = span === null ? [x.at(0), x.at(0)] : [x.at(span.start / 1000), x.at(span.end / 1000)];
    return html`<text class="label" text-anchor="end" x="${left - 12}" y="${y + 13}">${name}</text>
      ${span && html`<rect class="bar ${span.tone}" x="${round(from)}" y="${y + 2}" width="${round(Math.max(2, to - from))}" height="14" rx="3"/>`}
      <text class="note" x="${round(to + 8)}" y="${y + 13}">${note}</text>`;
  });
  return wideFrame({ height: bottom + 34, label: 'Time of each step' }, [
    verticals(x, { top: 0, bottom }),
    bars,
    axisName('seconds from the start of the run', { x, y: bottom + 31 }),
  ]);
}

const wide = 900;
const rowHeight = 22;

type Drawing = Html | null | readonly Drawing[];

function wideFrame({ height: tall, label }: { readonly height: number; readonly label: string }, content: readonly Drawing[]): Html {
  return html`<div class="scroll"><svg class="wide" viewBox="0 0 ${wide} ${tall}" role="img" aria-label="${label}">${content}</svg></div>`;
}

/** Thin lines at the ticks of a horizontal axis, with their numbers below. */
function verticals(x: Scale, { top, bottom }: { readonly top: number; readonly bottom: number }): Html[] {
  return x.ticks.map((tick) => {
    const at = round(x.at(tick));
    return html`<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text class="tick" text-anchor="middle" x="${at}" y="${bottom + 15}">${tickText(tick)}</text>`;
  });
}

function axisName(name: string, { x, y }: { readonly x: Scale; readonly y: number }): Html {
  return html`<text class="axis" text-anchor="middle" x="${round((x.at(x.low) + x.at(x.high)) / 2)}" y="${y}">${name}</text>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function scale([low, high]: readonly [number, number], from: number, to: number): Scale {
  const span = high - low || 1;
  return { low, high, at: (value) => from + ((value - low) / span) * (to - from), ticks: ticksOf(low, high) };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - pad, high + pad];
}

/** Round numbers inside the range: steps of 1, 2 or 5 times a power of ten, three to seven of them. */
function ticksOf(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.75) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.min(12, Math.max(0, last - first + 1)) }, (_, index) => (first + index) * step);
}

function frame(
  options: LinePlotOptions,
  { x, y }: { x: Scale; y: Scale },
  content: readonly (Html | null | readonly (Html | readonly Html[])[])[],
): Html {
  const grid = [
    ...x.ticks.map(
      (tick) =>
        html`<text class="tick" text-anchor="middle" x="${round(x.at(tick))}" y="${height - margin.bottom + 14}">${tickText(tick)}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y.at(tick))}" y2="${round(y.at(tick))}"/><text class="tick" text-anchor="end" x="${margin.left - 5}" y="${round(y.at(tick) + 3)}">${tickText(tick)}</text>`,
    ),
  ];
  return html`<figure><svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${options.title}">
    <text class="title" x="${margin.left}" y="14">${options.title}</text>${grid}${content}
    <text class="axis" text-anchor="middle" x="${(margin.left + width) / 2}" y="${height - 6}">${options.x}</text>
    <text class="axis" text-anchor="middle" transform="translate(9 ${height / 2}) rotate(-90)">${options.y}</text></svg>${options.caption && html`<figcaption>${options.caption}</figcaption>`}</figure>`;
}

/** A round number as short as it can be: `0.5`, `−0.02`, `2000`. */
function tickText(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

function round(value: number): string {
  return value.toFixed(1);
}

/** A legend for the tones in use. */
export function legend(entries: readonly { readonly tone: Tone; readonly name: string }[]): Html {
  return html`${entries.map((entry) => html`<span class="legend"><span class="swatch ${entry.tone}"></span>${entry.name}</span> `)}`;
}
