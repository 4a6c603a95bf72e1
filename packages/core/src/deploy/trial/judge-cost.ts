import type { MeasuredServing, ServingCost, Verdict } from '@tidegate/formats';
import type { CostLimit, ServingLimits } from '../../config/index.ts';
import { count, figure, percent } from '../../evidence/index.ts';
import { quantileBounds, type QuantileBounds, valuesNeeded, valuesToDecide } from './quantile-bounds.ts';

/** What a limit says of a cost that was measured. */
export interface CostFinding {
  /** `latency.p99`, and `latency.p99.champion` for what is held against the champion. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly blocking: boolean;
  readonly reason: string;
  readonly details: CostDetails;
}

export interface CostDetails {
  readonly limit: number;
  /** Whether the limit is a multiple of what the champion has. */
  readonly isMultiple: boolean;
  /** One-sided, of each bound. */
  readonly confidence: number;
  readonly candidate: Measured | null;
  readonly champion: Measured | null;
  /** How many times what the champion has; null for an absolute limit. */
  readonly ratio: QuantileBounds | null;
  /** Requests or starts there were of each, and how many more would decide; null when nothing is missing or more would hardly help. */
  readonly count: number;
  readonly more: number | null;
}

type Measured = QuantileBounds;

/** One of the costs that may be limited. */
interface Cost {
  readonly name: string;
  readonly limit: CostLimit | undefined;
  readonly quantile: number;
  readonly values: (serving: MeasuredServing) => readonly number[];
  /** Begins a sentence. */
  readonly noun: string;
  readonly measured: (count: number) => string;
  readonly counted: 'request' | 'start';
  readonly text: (value: number) => string;
}

export interface CostLimits {
  readonly limits: ServingLimits;
  /** One-sided confidence of every bound. */
  readonly confidence: number;
}

/**
 * Judges what serving costs by bounds that hold whatever the distribution, so that a lucky measurement does not pass: order statistics of the
 * requests for latencies, of the starts for cold start and memory. A pure function of the record and the limits: the same verdict on any machine.
 */
export function judgeCost(cost: Omit<ServingCost, 'replay'>, { limits, confidence }: CostLimits): readonly CostFinding[] {
  return costsOf(cost, limits).flatMap((one) => [
    ...(one.limit?.most == null ? [] : [judgeAmount(one, cost, { limit: one.limit.most, confidence })]),
    ...(one.limit?.times == null ? [] : [judgeMultiple(one, cost, { limit: one.limit.times, confidence })]),
  ]);
}

/** Whether anything is held against the champion. */
export function comparesCost({ coldStart, memory, p50, p99 }: ServingLimits): boolean {
  return [coldStart, memory, p50, p99].some((limit) => limit !== undefined && limit.times !== null);
}

/** Starts that a bound on a median needs at this confidence; one where neither cold start nor memory is limited. */
export function startsFor({ limits, confidence }: CostLimits): number {
  if (limits.coldStart === undefined && limits.memory === undefined) return 1;
  return limits.starts ?? valuesNeeded({ quantile: 0.5, confidence });
}

/** Requests that every bound on a latency needs. */
export function requestsNeeded({ limits, confidence }: CostLimits): number {
  return Math.max(
    ...[limits.p50, limits.p99].map((limit, index) => {
      const quantile = index === 0 ? 0.5 : 0.99;
      return limit === undefined ? 1 : valuesNeeded({ quantile, confidence: limit.times === null ? confidence : eachOfTwo(confidence) });
    }),
  );
}

/** Two bounds that hold together with this confidence (Bonferroni). */
function eachOfTwo(confidence: number): number {
  return 1 - (1 - confidence) / 2;
}

function costsOf({ batch }: Pick<ServingCost, 'batch'>, limits: ServingLimits): readonly Cost[] {
  const ofRows = batch === null ? '' : ` of ${count(batch)} ${batch === 1 ? 'row' : 'rows'}`;
  const requests = (of: string) => (all: number) => `${of} over ${count(all)} ${all === 1 ? 'request' : 'requests'}${ofRows}`;
  const starts = (of: string) => (all: number) => `${of} of ${count(all)} ${all === 1 ? 'start' : 'starts'}`;
  const latency = { values: (serving: MeasuredServing) => serving.latencyMs, counted: 'request', text: ms } as const;
  const ofStarts = { quantile: 0.5, counted: 'start' } as const;
  return [
    {
      ...ofStarts,
      name: 'cold-start',
      limit: limits.coldStart,
      values: ({ coldStartMs }) => coldStartMs,
      noun: 'Cold start',
      measured: starts('the median'),
      text: ms,
    },
    {
      ...ofStarts,
      name: 'memory',
      limit: limits.memory,
      // what was asked nothing has loaded a model, and no more
      values: ({ peakBytes, latencyMs }) => (latencyMs.length === 0 ? [] : peakBytes),
      noun: 'Memory',
      measured: starts('the median of the peaks'),
      text: megabytes,
    },
    { ...latency, name: 'latency.p50', limit: limits.p50, quantile: 0.5, noun: 'Median latency', measured: requests('the median') },
    { ...latency, name: 'latency.p99', limit: limits.p99, quantile: 0.99, noun: 'Latency', measured: requests('the 99th percentile') },
  ];
}

interface Asked {
  readonly limit: number;
  readonly confidence: number;
}

function judgeAmount(cost: Cost, { candidate }: Pick<ServingCost, 'candidate'>, { limit, confidence }: Asked): CostFinding {
  const values = cost.values(candidate);
  const { quantile, noun, text } = cost;
  const finding = { name: cost.name, blocking: true };
  const details = { limit, isMultiple: false, confidence, candidate: null, champion: null, ratio: null, count: values.length, more: null };
  if (values.length === 0) return { ...finding, verdict: 'inconclusive', reason: notMeasured(cost, candidate, 'was'), details };
  const bounds = quantileBounds(values, { quantile, confidence });
  const isOver = (value: number): boolean => value > limit;
  const more = moreToDecide(values, { quantile, confidence, isOver });
  const known = { ...details, candidate: bounds };
  if (bounds.high === null)
    return { ...finding, verdict: 'inconclusive', reason: tooFew(cost, values.length, more), details: { ...known, more } };
  const measured = `${cost.measured(values.length)} is ${text(bounds.estimate)} (${between(bounds, text, confidence)})`;
  const verdict = verdictOf(bounds, limit);
  return {
    ...finding,
    verdict,
    reason: `${noun} ${position(verdict)} ${text(limit)}: ${measured}${advice(cost, verdict, more)}`,
    details: verdict === 'inconclusive' ? { ...known, more } : known,
  };
}

function judgeMultiple(
  cost: Cost,
  measured: Pick<ServingCost, 'candidate' | 'champion' | 'withoutChampion'>,
  { limit, confidence }: Asked,
): CostFinding {
  const { candidate, champion, withoutChampion } = measured;
  const { noun, text } = cost;
  const finding = { name: `${cost.name}.champion`, blocking: true, verdict: 'inconclusive' as const };
  const own = cost.values(candidate);
  const details = { limit, isMultiple: true, confidence, candidate: null, champion: null, ratio: null, count: own.length, more: null };
  if (champion === null) {
    const reason = withoutChampion?.reason ?? 'The champion was not measured';
    const isThere = withoutChampion?.kind !== 'none';
    return {
      ...finding,
      blocking: isThere,
      reason: isThere
        ? `${noun} cannot be held against the champion's: ${lower(reason)}`
        : `${noun} is not held against a champion's: ${lower(reason)}`,
      details,
    };
  }
  const theirs = cost.values(champion);
  if (own.length === 0) return { ...finding, reason: notMeasured(cost, candidate, 'was'), details };
  if (theirs.length === 0) return { ...finding, reason: notMeasured(cost, champion, 'of the champion was'), details };
  const compared =
    cost.counted === 'start' ? ofPairs(own, theirs, { ...cost, limit, confidence }) : ofTwo(own, theirs, { ...cost, limit, confidence });
  const known = { ...details, ...compared };
  const { ratio, more } = compared;
  if (ratio.low === null || ratio.high === null) return { ...finding, reason: tooFew(cost, own.length, more), details: known };
  const verdict = verdictOf(ratio, limit);
  const times = (value: number): string => `${figure(value)} times`;
  const sentence = `${cost.measured(own.length)} is ${text(compared.candidate.estimate)} against ${text(compared.champion.estimate)}, measured in turns: ${times(ratio.estimate)} as much (${between(ratio, figure, confidence)})`;
  return {
    ...finding,
    verdict,
    reason: `${noun} ${position(verdict)} ${times(limit)} the champion's: ${sentence}${advice(cost, verdict, more)}`,
    details: verdict === 'inconclusive' ? known : { ...known, more: null },
  };
}

type Compared = Pick<CostDetails, 'more'> & { readonly candidate: Measured; readonly champion: Measured; readonly ratio: QuantileBounds };
type Comparing = Asked & Pick<Cost, 'quantile'>;

/** Starts that belong together: the ratio of each pair, so that what slows the machine down for a while hits both of it. */
function ofPairs(own: readonly number[], theirs: readonly number[], { quantile, limit, confidence }: Comparing): Compared {
  const ratios = own.slice(0, theirs.length).map((value, index) => value / (theirs[index] ?? Number.NaN));
  return {
    candidate: quantileBounds(own, { quantile, confidence }),
    champion: quantileBounds(theirs, { quantile, confidence }),
    ratio: quantileBounds(ratios, { quantile, confidence }),
    more: moreToDecide(ratios, { quantile, confidence, isOver: (value) => value > limit }),
  };
}

/** Two samples: a bound on the ratio of their quantiles is that of one over the opposite one of the other, which hold together at the confidence. */
function ofTwo(own: readonly number[], theirs: readonly number[], { quantile, limit, confidence }: Comparing): Compared {
  const each = { quantile, confidence: eachOfTwo(confidence) };
  const [candidate, champion] = [quantileBounds(own, each), quantileBounds(theirs, each)];
  const ratio = {
    estimate: candidate.estimate / champion.estimate,
    low: candidate.low === null || champion.high === null ? null : candidate.low / champion.high,
    high: candidate.high === null || champion.low === null ? null : candidate.high / champion.low,
  };
  const more = moreToDecide(own, { ...each, isOver: (value) => value > limit * champion.estimate });
  return { candidate, champion, ratio, more: more === null ? null : Math.max(more, own.length) }; // both ends of the ratio move
}

/** How many more values would decide if they lie as those there are; null when hardly any number would. */
function moreToDecide(
  values: readonly number[],
  { isOver, ...options }: { readonly quantile: number; readonly confidence: number; readonly isOver: (value: number) => boolean },
): number | null {
  const within = values.filter((value) => !isOver(value)).length / values.length;
  const wanted = valuesToDecide(within, options);
  return wanted === null ? null : Math.max(1, wanted - values.length);
}

function verdictOf({ low, high }: QuantileBounds, limit: number): Verdict {
  if (high !== null && high <= limit) return 'pass';
  return low !== null && low > limit ? 'fail' : 'inconclusive';
}

function position(verdict: Verdict): string {
  return verdict === 'pass' ? 'is within' : verdict === 'fail' ? 'is above' : 'may be above or below';
}

function advice({ counted, name }: Cost, verdict: Verdict, more: number | null): string {
  if (verdict !== 'inconclusive') return '';
  if (more === null) return `; more ${counted}s would hardly decide, it is as good as at the limit`;
  return `; about ${count(more)} more ${counted}s would decide (${setting(name)})`;
}

/** Where to ask for more. */
function setting(name: string): string {
  return name.startsWith('latency') ? '"requests" under "latency"' : '"starts" under "gate"';
}

function tooFew({ noun, counted, name }: Cost, values: number, more: number | null): string {
  const missing = more === null ? '' : `, ${count(more)} more ${more === 1 ? 'is' : 'are'} needed (${setting(name)})`;
  return `${noun} cannot be judged: ${count(values)} ${counted}${values === 1 ? ' was' : 's were'} measured${missing}`;
}

function notMeasured({ noun, counted, name }: Cost, { lacks, peakBytes }: MeasuredServing, whose: string): string {
  const why =
    name === 'memory' && peakBytes.length === 0
      ? 'this system does not tell how much a process has taken'
      : (lacks ?? `there was no ${counted}`);
  return `${noun} ${whose} not measured: ${why}`;
}

function between({ low, high }: QuantileBounds, text: (value: number) => string, confidence: number): string {
  const range = low === null ? `at most ${text(high ?? 0)}` : `${text(low)} to ${text(high ?? 0)}`;
  return `${range} at ${percent(confidence)} each side`;
}

function ms(value: number): string {
  return value >= 10_000 ? `${figure(value / 1000)} s` : `${Number(value.toPrecision(3))} ms`;
}

function megabytes(value: number): string {
  return `${figure(value / 1e6)} MB`;
}

function lower(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}
