import { type Html, html } from './html.ts';
import { frame, type LinePlotOptions, rangeOf, round, type Scale, scale, plotArea, shortened, type Tone } from './plot-frame.ts';

/** A line with what lies around it. */
export interface Banded {
  readonly name: string;
  readonly tone: Tone;
  readonly mean: readonly number[];
  /** Interval of the mean. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Between them most rows lie; drawn of a line that is alone. */
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
}

/** Lines over the values of a number, each with the interval of its mean and, of one alone, with the band of the rows. */
export function bandPlot(values: readonly number[], lines: readonly Banded[], options: LinePlotOptions): Html {
  const x = scale(options.xRange ?? rangeOf(values), plotArea.left, plotArea.right);
  const y = heights(lines);
  return frame(
    options,
    { x, y },
    lines.map((line) => [
      ...(lines.length === 1 ? [band('rows', line, { x, y, values, low: line.lowest, high: line.highest })] : []),
      band('mean', line, { x, y, values, low: line.low, high: line.high }),
      html`<polyline class="line ${line.tone}" points="${points(values, line.mean, { x, y })}"><title>${line.name}</title></polyline>`,
    ]),
  );
}

/** Dots over categories, likewise. */
export function categoryPlot(names: readonly string[], lines: readonly Banded[], options: LinePlotOptions): Html {
  const x = scale([-0.5, names.length - 0.5], plotArea.left, plotArea.right);
  const y = heights(lines);
  const every = Math.ceil(names.length / 4);
  const xNames = names.flatMap((name, at) => (at % every === 0 ? [{ at, name: shortened(name) }] : []));
  const step = 0.6 / lines.length;
  return frame(
    { ...options, xNames },
    { x, y },
    lines.map((line, which) =>
      names.flatMap((name, place) => {
        const at = round(x.at(place + (which - (lines.length - 1) / 2) * step));
        const stroke = (kind: string, low: number | undefined, high: number | undefined): Html =>
          html`<line class="${kind} ${line.tone}" x1="${at}" x2="${at}" y1="${round(y.at(low ?? 0))}" y2="${round(y.at(high ?? 0))}"/>`;
        return [
          ...(lines.length === 1 ? [stroke('spread', line.lowest[place], line.highest[place])] : []),
          stroke('interval', line.low[place], line.high[place]),
          html`<circle class="dot ${line.tone}" cx="${at}" cy="${round(y.at(line.mean[place] ?? 0))}" r="3.5"><title>${name}: ${line.name}</title></circle>`,
        ];
      }),
    ),
  );
}

export interface ReliabilityBins {
  readonly predicted: readonly number[];
  readonly observed: readonly number[];
  readonly rows: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Reliability diagram: observed shares with their intervals over predicted probabilities, and below how many rows stand behind each. */
export function reliabilityPlot({ predicted, observed, rows, low, high }: ReliabilityBins, options: LinePlotOptions): Html {
  const x = scale([0, 1], plotArea.left, plotArea.right);
  const y = scale([0, 1], plotArea.bottom, plotArea.top);
  const most = Math.max(1, ...rows);
  const bars = predicted.map((at, bin) => {
    const tall = ((rows[bin] ?? 0) / most) * 34;
    return html`<rect class="rows" x="${round(x.at(at) - 6)}" width="12" y="${round(plotArea.bottom - tall)}" height="${round(tall)}"><title>${rows[bin] ?? 0} rows</title></rect>`;
  });
  const dots = predicted.map((at, bin) => {
    const place = round(x.at(at));
    return html`<line class="interval candidate" x1="${place}" x2="${place}" y1="${round(y.at(low[bin] ?? 0))}" y2="${round(y.at(high[bin] ?? 0))}"/><circle class="dot candidate" cx="${place}" cy="${round(y.at(observed[bin] ?? 0))}" r="3.2"/>`;
  });
  const diagonal = html`<line class="guide" x1="${round(x.at(0))}" y1="${round(y.at(0))}" x2="${round(x.at(1))}" y2="${round(y.at(1))}"/>`;
  return frame(options, { x, y }, [bars, diagonal, dots]);
}

function heights(lines: readonly Banded[]): Scale {
  const all = lines.flatMap((line) => [...line.low, ...line.high, ...(lines.length === 1 ? [...line.lowest, ...line.highest] : [])]);
  return scale(rangeOf(all), plotArea.bottom, plotArea.top);
}

interface BandParts {
  readonly x: Scale;
  readonly y: Scale;
  readonly values: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function band(kind: 'rows' | 'mean', { tone }: Banded, { x, y, values, low, high }: BandParts): Html {
  return html`<polygon class="band ${kind} ${tone}" points="${points(values, high, { x, y })} ${points(values.toReversed(), low.toReversed(), { x, y })}"/>`;
}

function points(values: readonly number[], heightsOf: readonly number[], { x, y }: { readonly x: Scale; readonly y: Scale }): string {
  return values.map((value, place) => `${round(x.at(value))},${round(y.at(heightsOf[place] ?? 0))}`).join(' ');
}
