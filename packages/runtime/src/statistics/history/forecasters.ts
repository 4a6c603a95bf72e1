/** Values of a measure on its scale, in the order of time, times in milliseconds. */
export interface Series {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** What is expected next, and how much larger its error is than that of a forecast from very many values. */
export interface Forecast {
  readonly centre: number;
  readonly factor: number;
}

/** A way to expect the next value from those before it. */
export interface Forecaster {
  readonly name: 'level' | 'half' | 'last' | 'trend' | 'drift' | 'year' | 'growing year' | 'week' | 'day';
  /** How likely it is held to be before anything is known of the series. */
  readonly prior: number;
  /** Null while there is too little before. Uses values before `end` only. */
  readonly forecast: (series: Series, end: number, atMs: number) => Forecast | null;
}

const day = 86_400_000;

/** So many of the newest values make a level, a trend and a drift: what lies further back says little of the next. */
const window = { level: 40, trend: 16, drift: 20 } as const;

/**
 * - `level`: values lie around a level, the mean of their middle half.
 * - `last`: the next one is as the last one, as of a random walk; its error grows with the root of the time between.
 * - `half`: half way between the two, as of values that depend on the one before.
 * - `trend`: a line (Theil 1950, Sen 1968).
 * - `drift`: from the last one on as fast as values move in the middle: of a table that only grows.
 * - `week`, `day`: the level of the last period, moved by what the same weekday, or hour, is usually away from it; from three periods on.
 * - `year`: the same of the days around the same date, from two years on.
 * - `growing year`: the same as a share of the level, of values that are all above 0; errors are expected to grow with the level too.
 */
export const forecasters: readonly Forecaster[] = [
  { name: 'level', prior: 0.35, forecast: level },
  { name: 'half', prior: 0.15, forecast: half },
  { name: 'last', prior: 0.15, forecast: last },
  { name: 'trend', prior: 0.15, forecast: trend },
  { name: 'drift', prior: 0.1, forecast: drift },
  { name: 'year', prior: 0.2, forecast: (series, end, atMs) => seasonal(series, { end, atMs, ...seasons.year }) },
  {
    name: 'growing year',
    prior: 0.1,
    forecast: (series, end, atMs) => seasonal(series, { end, atMs, ...seasons.year, isOfLevel: true }),
  },
  { name: 'week', prior: 0.2, forecast: (series, end, atMs) => seasonal(series, { end, atMs, ...seasons.week }) },
  { name: 'day', prior: 0.2, forecast: (series, end, atMs) => seasonal(series, { end, atMs, ...seasons.day }) },
];

/** Mean of the middle half of the values (trimmed by a quarter at each end): 84 % efficient for normal ones, and half of them may be anything. */
export function midmean(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  const kept = sorted.subarray(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

function level({ values }: Series, end: number): Forecast | null {
  if (end < 1) return null;
  const recent = values.slice(Math.max(0, end - window.level), end);
  return { centre: midmean(recent), factor: Math.sqrt(1 + 1.2 / recent.length) };
}

function last({ times, values }: Series, end: number, atMs: number): Forecast | null {
  const value = values[end - 1];
  if (value === undefined) return null;
  return { centre: value, factor: Math.sqrt(Math.max(1, stepsTo(times, end, atMs))) };
}

function half(series: Series, end: number, atMs: number): Forecast | null {
  const [near, far] = [last(series, end, atMs), level(series, end)];
  if (near === null || far === null || end < 2) return null;
  return { centre: (near.centre + far.centre) / 2, factor: Math.sqrt(1 + 0.3 / Math.min(end, window.level)) };
}

function trend(series: Series, end: number, atMs: number): Forecast | null {
  const { times, values } = series;
  if (end < 4) return null;
  const start = Math.max(0, end - window.trend);
  const slope = slopeOf(series, start, end);
  if (slope === null) return null;
  const recent = times.slice(start, end);
  const middle = recent.reduce((sum, time) => sum + time, 0) / recent.length;
  const centre = median(recent.map((time, index) => at(values, start + index) + slope * (atMs - time)));
  const spread = recent.reduce((sum, time) => sum + (time - middle) ** 2, 0);
  return { centre, factor: Math.sqrt(1 + 1.2 * (1 / recent.length + (atMs - middle) ** 2 / spread)) };
}

/** The median of the slopes between all two values; null when all are of one moment. */
export function slopeOf({ times, values }: Series, start: number, end: number): number | null {
  const slopes: number[] = [];
  for (let one = start; one < end; one++)
    for (let other = one + 1; other < end; other++) {
      const between = at(times, other) - at(times, one);
      if (between > 0) slopes.push((at(values, other) - at(values, one)) / between);
    }
  return slopes.length === 0 ? null : median(slopes);
}

function drift({ times, values }: Series, end: number, atMs: number): Forecast | null {
  if (end < 4) return null;
  const speeds: number[] = [];
  for (let one = Math.max(1, end - window.drift); one < end; one++) {
    const between = at(times, one) - at(times, one - 1);
    if (between > 0) speeds.push((at(values, one) - at(values, one - 1)) / between);
  }
  if (speeds.length < 3) return null;
  const steps = Math.max(1, stepsTo(times, end, atMs));
  return {
    centre: at(values, end - 1) + median(speeds) * (atMs - at(times, end - 1)),
    factor: Math.sqrt(steps + (1.6 * steps ** 2) / speeds.length),
  };
}

interface SeasonOf {
  readonly period: number;
  /** Periods before the same time of a period says anything. */
  readonly needed: number;
  /** Values at the same time of former periods that it takes. */
  readonly least: number;
  /** How far from a whole number of periods the same time may be, in periods. */
  readonly off: number;
  /** Whether what is usual at a time is a share of the level, not a distance from it. Default: no. */
  readonly isOfLevel?: boolean;
}

/** A fourteenth of a week is half a day, and of a day less than two hours; of a year it is four days, so that versions of the same week or month are found, and few others. */
const seasons = {
  year: { period: 365.25 * day, needed: 2, least: 1, off: 4 / 365.25 },
  week: { period: 7 * day, needed: 3, least: 2, off: 1 / 14 },
  day: { period: day, needed: 3, least: 2, off: 1 / 14 },
} as const satisfies { readonly [name: string]: SeasonOf };

/** What is usual at this time of a period counts as far back as so many periods. */
const periodsLookedAt = 5;

function seasonal(
  { times, values }: Series,
  { end, atMs, period, needed, least, off, isOfLevel = false }: SeasonOf & { readonly end: number; readonly atMs: number },
): Forecast | null {
  if (end < 6 || atMs - at(times, 0) < needed * period * 0.99) return null;
  const levelBefore = (before: number, time: number): number | null => {
    const inPeriod: number[] = [];
    for (let one = before - 1; one >= 0 && time - at(times, one) <= period * 1.01; one--) inPeriod.push(at(values, one));
    // with one value in a period there is no time of the period to tell
    return inPeriod.length < 3 ? null : midmean(inPeriod);
  };
  const now = levelBefore(end, atMs);
  if (now === null || (isOfLevel && !isPositive(values, end))) return null;
  const away: number[] = [];
  for (let one = end - 1; one >= 0 && atMs - at(times, one) <= (periodsLookedAt + 0.5) * period; one--) {
    const between = atMs - at(times, one);
    if (!isSameTime(between, period, off) || Math.round(between / period) === 0) continue;
    const then = levelBefore(one, at(times, one));
    if (then !== null) away.push(isOfLevel ? at(values, one) / then : at(values, one) - then);
  }
  if (away.length < least) return null;
  const factor = Math.sqrt(1 + 1.6 / away.length);
  return isOfLevel ? { centre: now * median(away), factor: factor * now } : { centre: now + median(away), factor };
}

/** Whether all values before one are above 0. */
function isPositive(values: readonly number[], end: number): boolean {
  for (let one = 0; one < end; one++) if (at(values, one) <= 0) return false;
  return true;
}

/**
 * Whether no value so far is of this time of the week, where several come in a week, or of this time of the day, where several come in a day: then
 * nothing tells whether what is unusual about it is the time.
 */
export function isNewTime(times: readonly number[], atMs: number): boolean {
  const step = median(times.slice(1).map((time, index) => time - at(times, index)));
  return [day, 7 * day].some((period) => step <= period / 3 && !times.some((time) => isSameTime(atMs - time, period)));
}

/** Values before one that are of its time of the week, where several come in a week, or else of its time of the day; the newest first. */
export function lastOfSameTime(times: readonly number[], index: number): readonly number[] {
  const step = median(times.slice(1, index + 1).map((time, before) => time - at(times, before)));
  const period = [7 * day, day].find((one) => step <= one / 3);
  if (period === undefined) return [];
  const found: number[] = [];
  for (let one = index - 1; one >= 0 && at(times, index) - at(times, one) <= (periodsLookedAt + 0.5) * period; one--)
    if (isSameTime(at(times, index) - at(times, one), period)) found.push(one);
  return found;
}

function isSameTime(between: number, period: number, off = 1 / 14): boolean {
  const periods = between / period;
  return Math.abs(periods - Math.round(periods)) <= off;
}

/** How many usual steps it is from the last value before `end` to a moment. */
function stepsTo(times: readonly number[], end: number, atMs: number): number {
  const usual: number[] = [];
  for (let one = Math.max(1, end - window.drift); one < end; one++) usual.push(at(times, one) - at(times, one - 1));
  const step = usual.length === 0 ? 0 : median(usual);
  return step > 0 ? (atMs - at(times, end - 1)) / step : 1;
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.NaN;
}
