import { type JointDrift, type JointFinding, type Verdict, worstVerdict } from '@tidegate/formats';
import { type Engine, holmAdjusted } from '@tidegate/runtime';
import { type Asking, beyondUsual } from './beyond-usual.ts';
import { changedPairs } from './changed-pairs.ts';
import { embeddingDrift } from './embedding.ts';
import type { FoundEffect, JointLimits } from './finding.ts';
import { jointReason } from './joint-reason.ts';
import { reconstruction } from './reconstruction.ts';
import { referenceWindows } from './reference-windows.ts';
import { type DrawnFrom, type SampledColumn, type SampledRows, sampleRows } from './sampled-rows.ts';
import { textDrift } from './text-drift.ts';
import { toldApart } from './told-apart.ts';
import { vectorColumns, withVectors } from './vector-columns.ts';
import { withoutCounters } from './without-counters.ts';

export interface JointQuestion {
  /** SELECT of the rows that were before, and of those that are judged; both have the columns. */
  readonly reference: string;
  readonly current: string;
  /** What the rows that were before are drawn from, when they are some of them. Default: they are all. */
  readonly drawn?: DrawnFrom | null;
  /** Without what is ignored, and without personal ones: nothing of those is shown. */
  readonly columns: readonly SampledColumn[];
  /** Chance of even one `fail` when nothing changed. Default 0.01. */
  readonly falseAlarms?: number;
  /** Total variation distance below which a change does not matter. Default 0.1. */
  readonly floor?: number;
  /** Column with the time of rows, and the share of the reference that a span as long as the current rows is: what is usual from span to span is looked for. Default: none. */
  readonly windows?: { readonly orderBy: string; readonly share: number } | null;
  /** Of what chance decides. Default 1. */
  readonly seed?: number;
}

/** Rows of a sample at most; what is found does not grow with more, and what it costs is bounded. */
export const mostJointRows = 5000;
/** Lists of numbers are large. */
export const mostLists = 1500;

/**
 * What two samples of rows differ in beyond single columns: a classifier and the errors of a reconstruction for columns together, the mean discrepancy for
 * vectors, lengths and words for texts. Works on bounded samples, whatever the number of rows.
 *
 * - `fail`: significant after adjustment for all that was asked, and proven to be more than what matters.
 * - `pass`: proven to be less. It holds for what the method sees: that a classifier finds nothing does not prove that nothing is there.
 * - `inconclusive`: neither, or too few rows.
 */
export async function judgeTogether(engine: Engine, question: JointQuestion): Promise<JointDrift> {
  const { columns, falseAlarms = 0.01, floor = 0.1, seed = 1, windows: spans = null } = question;
  const limits: JointLimits = { floor, confidence: jointConfidence, seed };
  const scalars = columns.filter(({ type }) => type !== 'array');
  const sampled = await samplesOf(engine, question, scalars, mostJointRows);
  const {
    samples: [before, now],
    leftOut: counters,
  } = withoutCounters(sampled);
  const windows = spans === null ? [] : referenceWindows(before, spans.share);
  const samples = { reference: before, current: now, windows };
  const pairs = changedPairs(samples, limits);
  const found: FoundEffect[] = [
    ...(pairs === null ? [] : [pairs]),
    ...methods(scalars).flatMap((ask) => beyondUsual(ask, samples, limits)),
  ];
  const leftOut: JointDrift['leftOut'][number][] = [...counters];
  const numbered = vectorColumns(columns);
  const vectors = [...columns.filter(({ type }) => type === 'array').map(({ name }) => name), ...numbered.map(({ name }) => name)];
  const lists = {
    ...question,
    reference: withVectors(question.reference, numbered),
    current: withVectors(question.current, numbered),
  };
  // a p value that is adjusted for all of them must be able to fall below what is allowed
  const permutations = Math.max(999, Math.ceil((2 * (found.length + vectors.length)) / falseAlarms));
  for (const name of vectors) {
    const [first, second] = await samplesOf(engine, lists, [{ name, type: 'array' }], mostLists);
    const own = embeddingDrift(name, first, second, { ...limits, permutations: 0 });
    if (own === null) leftOut.push({ column: name, reason: 'it has too few lists of finite numbers' });
    else if ('reason' in own) leftOut.push(own);
    else {
      const ask: Asking = (...given) =>
        [embeddingDrift(name, given[0], given[1], given[2])].filter((one) => one !== null && 'pValue' in one);
      const spansOf = spans === null ? [] : referenceWindows(first, spans.share);
      found.push(...beyondUsual(ask, { reference: first, current: second, windows: spansOf }, { ...limits, permutations }));
    }
  }
  const findings = findingsOf(found, falseAlarms);
  return {
    format: 'tidegate.joint-drift/1',
    verdict: findings.length === 0 ? 'inconclusive' : worstVerdict(findings.map(({ verdict }) => verdict)),
    rows: now.of,
    referenceRows: before.of,
    findings,
    leftOut,
  };
}

/** What was found with verdicts, adjusted for one another. */
export function findingsOf(found: readonly FoundEffect[], falseAlarms: number): readonly JointFinding[] {
  const adjusted = holmAdjusted(found.map(({ pValue }) => pValue));
  return found.map(({ passes, smallest, ...effect }, index): JointFinding => {
    const least = smallest(falseAlarms / found.length);
    const own = {
      ...rounded(effect),
      adjustedPValue: adjusted[index] ?? 1,
      smallest: least === null ? null : Number(least.toFixed(6)),
    };
    const passing = passes ?? own.limit;
    const verdict = verdictOn({ ...own, passing }, falseAlarms);
    return { ...own, verdict, reason: jointReason({ ...own, verdict }, passing) };
  });
}

/** One-sided confidence of all bounds. */
export const jointConfidence = 0.95;

/** What is asked of samples of numbers, classes and texts, besides pairs, which know of each what is usual: the one list that a new method is added to. */
function methods(columns: readonly SampledColumn[]): readonly Asking[] {
  const some =
    (ask: (...given: Parameters<Asking>) => FoundEffect | null): Asking =>
    (...given) =>
      [ask(...given)].filter((found) => found !== null);
  const texts = columns.filter(({ type }) => type === 'string');
  return [
    some(toldApart),
    some(reconstruction),
    ...texts.map(
      ({ name }): Asking =>
        (...given) =>
          textDrift(name, ...given),
    ),
  ];
}

async function samplesOf(
  engine: Engine,
  { reference, current, windows = null, drawn = null }: JointQuestion,
  columns: readonly SampledColumn[],
  most: number,
): Promise<readonly [SampledRows, SampledRows]> {
  return [
    await sampleRows(engine, { sql: reference, columns, most, orderBy: windows?.orderBy ?? null, drawn }),
    await sampleRows(engine, { sql: current, columns, most }),
  ];
}

function verdictOn(
  {
    adjustedPValue,
    low,
    high,
    limit,
    passing,
  }: Pick<JointFinding, 'adjustedPValue' | 'low' | 'high' | 'limit'> & { readonly passing: number },
  falseAlarms: number,
): Verdict {
  if (adjustedPValue <= falseAlarms && low > limit) return 'fail';
  return high <= passing ? 'pass' : 'inconclusive';
}

function rounded(effect: Omit<FoundEffect, 'passes' | 'smallest'>): Omit<FoundEffect, 'passes' | 'smallest'> {
  const six = (value: number): number => Number(value.toFixed(6));
  const telling = effect.telling.map(({ column, loss }) => ({ column, loss: six(loss) })).filter(({ loss }) => loss > 0);
  return { ...effect, value: six(effect.value), low: six(effect.low), high: six(effect.high), limit: six(effect.limit), telling };
}
