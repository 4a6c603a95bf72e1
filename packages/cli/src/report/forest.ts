import { type Html, html, raw } from './html.ts';
import { rangeOf, scale, tickText, type Tone } from './plot-frame.ts';

/** An estimate with its interval. */
export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly tone: Tone;
  /** What is read beside it: the numbers. */
  readonly note: string;
}

export interface IntervalPlotOptions {
  /** What the axis shows, with its unit. */
  readonly axis: string;
  /** Vertical lines with a name: 0, the margin. */
  readonly guides: readonly { readonly at: number; readonly name: string }[];
  /** Whether a bar is drawn from 0 to the estimate. */
  readonly bars?: true;
}

/** Estimates with their intervals, one a row, on a common axis; on a narrow screen the axis goes below the name. */
export function intervalPlot(intervals: readonly Interval[], { axis, guides, bars }: IntervalPlotOptions): Html {
  const ends = [...intervals.flatMap((one) => [one.low, one.high, one.value]), ...guides.map((guide) => guide.at), ...(bars ? [0] : [])];
  const x = scale(rangeOf(ends), 0, 100);
  const lines = html`${x.ticks.map((tick) => html`<i class="gridline" style="left:${percent(x.at(tick))}"></i>`)}${guides.map(({ at }) => html`<i class="guideline" style="left:${percent(x.at(at))}"></i>`)}`;
  const rows = intervals.map(({ name, value, low, high, tone, note }) => {
    const bar = bars ? html`<i class="from-zero ${tone}" style="${between(x.at(0), x.at(value))}"></i>` : null;
    return forestRow(
      name,
      note,
      html`${lines}${bar}<i class="reach ${tone}" style="${between(x.at(low), x.at(high))}"></i><i class="point ${tone}" style="left:${percent(x.at(value))}"></i>`,
    );
  });
  const named = guideNames(guides.map(({ at, name }) => ({ at: x.at(at), name })));
  return forest(
    axis,
    html`${guides.length === 0 ? null : scaleRow(guides.length > 1 ? 'guides two' : 'guides', named)}${rows}${scaleRow('ticks', ticks(x))}`,
  );
}

/** A bar along time. */
export interface Span {
  readonly name: string;
  /** In milliseconds from the beginning; null for what took no time. */
  readonly span: { readonly start: number; readonly end: number; readonly tone: Tone } | null;
  readonly note: string;
}

/** Bars along time, one a row. */
export function timeline(spans: readonly Span[]): Html {
  const endMs = Math.max(1, ...spans.map(({ span }) => span?.end ?? 0));
  const x = scale([0, endMs / 1000], 0, 100);
  const lines = x.ticks.map((tick) => html`<i class="gridline" style="left:${percent(x.at(tick))}"></i>`);
  const rows = spans.map(({ name, span, note }) =>
    forestRow(
      name,
      note,
      html`${lines}${span && html`<i class="span ${span.tone}" style="${between(x.at(span.start / 1000), x.at(span.end / 1000))}"></i>`}`,
    ),
  );
  return forest('seconds from the start of the run', html`${rows}${scaleRow('ticks', ticks(x))}`);
}

function forest(axis: string, rows: Html): Html {
  return html`<figure class="forest"><div role="table" aria-label="${axis}">${rows}</div><figcaption>${axis}</figcaption></figure>`;
}

/** What is drawn says nothing that its note does not say in words. */
function forestRow(name: string, note: string, drawn: Html): Html {
  return html`<div class="forest-row" role="row"><span class="name" role="rowheader">${name}</span><span class="track" role="presentation" aria-hidden="true">${drawn}</span><span class="note" role="cell">${note}</span></div>`;
}

function scaleRow(kind: 'ticks' | 'guides' | 'guides two', inside: readonly Html[]): Html {
  return html`<div class="forest-row ${kind}" aria-hidden="true"><span class="name"></span><span class="track">${inside}</span><span class="note"></span></div>`;
}

function ticks(x: ReturnType<typeof scale>): readonly Html[] {
  return x.ticks.map((tick) => html`<span style="left:${percent(x.at(tick))}">${tickText(tick)}</span>`);
}

/** Names of lines that are closer than this, in hundredths of the plot, stand below each other. */
const crowded = 30;

function guideNames(guides: readonly { readonly at: number; readonly name: string }[]): readonly Html[] {
  const places = guides.map(({ at }) => at).toSorted((a, b) => a - b);
  const isCrowded = places.some((at, place) => place > 0 && at - (places[place - 1] ?? 0) < crowded);
  return guides.map(({ at, name }, place) => {
    const top = isCrowded ? raw(`;top:${place * 14}px`) : null;
    return html`<span class="${at > 60 ? 'left-of' : 'right-of'}" style="left:${percent(at)}${top}">${name}</span>`;
  });
}

function between(one: number, other: number): Html {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  return raw(`left:${percent(from)};width:${percent(to - from)}`);
}

function percent(share: number): string {
  return `${share.toFixed(2)}%`;
}
