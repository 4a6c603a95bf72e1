import { type Html, html } from './html.ts';

export type Tone = 'candidate' | 'champion' | 'good' | 'bad' | 'doubt' | 'plain';

export interface LinePlotOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly diagonal?: true;
  /** What stands at places of the x axis. Default: its round numbers. */
  readonly xNames?: readonly { readonly at: number; readonly name: string }[];
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Below the plot: what the tones mean. */
  readonly caption?: Html;
}

/** Of every small plot, in CSS pixels. */
export const width = 300;
export const height = 236;
export const margin = { left: 58, right: 10, top: 26, bottom: 38 };

/** An axis: where its values lie, in pixels. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

export function scale([low, high]: readonly [number, number], from: number, to: number): Scale {
  const span = high - low || 1;
  return { low, high, at: (value) => from + ((value - low) / span) * (to - from), ticks: ticksOf(low, high) };
}

/** From the least to the greatest, with a little room. */
export function rangeOf(values: readonly number[]): readonly [number, number] {
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

/** Axes, grid and title around what is drawn. */
export function frame(
  options: LinePlotOptions,
  { x, y }: { x: Scale; y: Scale },
  content: readonly (Html | null | readonly (Html | readonly Html[])[])[],
): Html {
  const names = options.xNames ?? x.ticks.map((tick) => ({ at: tick, name: tickText(tick) }));
  const grid = [
    ...names.map(
      ({ at, name }) =>
        html`<text class="tick" text-anchor="middle" x="${round(x.at(at))}" y="${height - margin.bottom + 14}">${name}</text>`,
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
export function tickText(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** A place in pixels. */
export function round(value: number): string {
  return value.toFixed(1);
}

/** A name that fits below a plot. */
export function shortened(name: string): string {
  return name.length > 12 ? `${name.slice(0, 11)}…` : name;
}

/** Where in a small plot values are drawn. */
export const plotArea = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom } as const;
