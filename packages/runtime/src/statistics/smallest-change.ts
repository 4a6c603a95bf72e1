import { fisherExactTest } from './fisher-exact.ts';
import { upperGamma } from './gamma.ts';
import { homogeneityTest } from './homogeneity.ts';
import { changedShares, type NumberScale } from './changed-shares.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** What two samples of these sizes would have found with a chance of 80 % at least; each null when no size of such a change would have been. */
export interface SmallestChange {
  /** Of any change over the bins, as a total variation distance: of the one among them that is hardest to see. */
  readonly distance: number | null;
  /** Of a shift upwards of all numbers, in standard deviations; null for categories. */
  readonly deviations: number | null;
  /** Of numbers that are all so many times as far from their mean; null for categories. */
  readonly spread: number | null;
  /** Of rows that lose their value, as a share of those that have one. */
  readonly missing: number | null;
  /** Of rows that get a value that was never seen, as a share of those that have one; null for numbers, which are never unseen. */
  readonly unseen: number | null;
}

/** One column, and what a finding takes. */
export interface ChangeToFind {
  readonly kind: 'ordered' | 'categories';
  readonly valueBins: number;
  /** Rows of each sample. */
  readonly rows: number;
  readonly drawn: number;
  /** Of the reference: rows by bin; those without a value and those never seen come after the others. */
  readonly counts: readonly number[];
  /** Where numbers lie; null when that is not known, and they are taken as normal. */
  readonly scale: NumberScale | null;
  /** What the p value of one test must be below. */
  readonly level: number;
  /** What a distance, and apart from it the change of the share of missing values (null: it is not judged apart), must be proven to be above. */
  readonly limit: number;
  readonly missingLimit: number | null;
  /** One-sided confidence of that proof. */
  readonly confidence: number;
}

export const power = 0.8;

/**
 * By normal approximation: the chance of significance is that of the most powerful test, by Pearson's chi-square with its noncentrality (Cohen 1988,
 * Statistical Power Analysis, 7), by the rank sum's mean under the change, and by the least hits that Fisher's test finds; that of the proof is by the
 * distance that half of the rows would lead to. Both together come at least as often as their sum exceeds one (Bonferroni).
 *
 * @returns null without rows
 */
export function smallestChange(column: ChangeToFind): SmallestChange | null {
  const { rows, drawn, counts, valueBins, kind, scale } = column;
  if (rows === 0 || drawn === 0) return null;
  const before = counts.map((count) => count / rows);
  const chance = chanceOf(column, before);
  const least = (most: number, now: (size: number) => readonly number[]): number | null =>
    leastAbove((size) => chance(now(size)) >= power, most);
  const values = before.slice(0, valueBins);
  const others = before.slice(valueBins);
  const ofNumbers = (change: 'shift' | 'spread', most: number): number | null =>
    kind === 'categories' ? null : least(most, (size) => [...changedShares(values, scale, { change, size }), ...others]);
  const movedTo = (bin: number): number | null =>
    least(1, (share) =>
      before.map((own, index) => (index === bin ? own + share * sum(values) : index < valueBins ? own * (1 - share) : own)),
    );
  return {
    distance: least(1, hardest(before, valueBins)),
    deviations: ofNumbers('shift', 10),
    spread: plusOne(ofNumbers('spread', 20)),
    missing: movedTo(valueBins),
    unseen: kind === 'categories' ? movedTo(valueBins + 1) : null,
  };
}

/** Numbers that are farther from their mean by a share are so many times as far. */
function plusOne(share: number | null): number | null {
  return share === null ? null : 1 + share;
}

/**
 * The change of a distance that is hardest to see: bins with half of the rows gain and the others lose, each in proportion to its rows, so that
 * no bin stands out; then chi-square has its least noncentrality, by Cauchy and Schwarz. Of a distance above a half fewer gain, so that there is enough to lose; where none can, rows get
 * values that were never seen.
 */
function hardest(before: readonly number[], valueBins: number): (distance: number) => readonly number[] {
  const order = before.map((_, bin) => bin).filter((bin) => bin < valueBins && (before[bin] ?? 0) > 0);
  const bySize = order.toSorted((a, b) => (before[b] ?? 0) - (before[a] ?? 0));
  const all = sum(before.slice(0, valueBins));
  return (distance) => {
    const most = all * Math.min(0.5, 1 - distance);
    const isGaining = new Set<number>();
    let [gaining, losing] = [0, 0];
    for (const bin of bySize) {
      const share = before[bin] ?? 0;
      if (gaining * (all - most) < losing * most && gaining + share <= most + 1e-9) {
        isGaining.add(bin);
        gaining += share;
      } else losing += share;
    }
    const moved = Math.min(distance * all, losing);
    const last = before.length - 1;
    return before.map((share, bin) => {
      if (bin >= valueBins) return gaining === 0 && bin === last ? share + moved : share;
      return share * (1 + (isGaining.has(bin) ? moved / gaining : -moved / losing));
    });
  };
}

/** The chance that a column with these shares of current rows fails. */
function chanceOf(column: ChangeToFind, before: readonly number[]): (now: readonly number[]) => number {
  const { valueBins, level } = column;
  const critical = new Map<number, number>();
  const hits = [valueBins, valueBins + 1].map((bin) => leastHits(column, column.counts[bin] ?? 0));
  return (now) => {
    const significant = Math.max(
      chanceOfHomogeneity(column, { before, now, critical }),
      column.kind === 'ordered' ? chanceOfRankSum(column, before, now) : 0,
      ...hits.map((least, index) => chanceOfHits(column, least, now[valueBins + index] ?? 0)),
    );
    return level <= 0 ? 0 : Math.max(0, significant + chanceOfProof(column, before, now) - 1);
  };
}

/** The fewest current rows in a bin at which Fisher's test is significant; null when even all would not be. */
function leastHits({ rows, drawn, level }: ChangeToFind, before: number): number | null {
  const isFound = (hits: number): boolean => {
    const pValue = fisherExactTest({ reference: { hits: before, rows }, current: { hits, rows: drawn } });
    return hits / drawn > before / rows && pValue !== null && pValue <= level;
  };
  // of all rows in both samples there is no test
  let [low, high] = [0, drawn - 1];
  if (!isFound(high)) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isFound(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function chanceOfHits({ drawn }: ChangeToFind, least: number | null, share: number): number {
  if (least === null) return 0;
  const deviation = Math.sqrt(drawn * share * Math.max(0, 1 - share));
  return deviation === 0 ? (drawn * share >= least ? 1 : 0) : 1 - normalCdf((least - 0.5 - drawn * share) / deviation);
}

interface ExpectedShares {
  readonly before: readonly number[];
  readonly now: readonly number[];
  /** Degrees of freedom → the value that chi-square must exceed, as far as they were needed. */
  readonly critical: Map<number, number>;
}

/** What was counted if shares came true exactly: the statistic of such counts is the noncentrality. */
function chanceOfHomogeneity({ rows, drawn, valueBins, kind, level }: ChangeToFind, { before, now, critical }: ExpectedShares): number {
  const expected = (shares: readonly number[], of: number): readonly number[] => shares.slice(0, valueBins).map((share) => share * of);
  const found = homogeneityTest({ reference: expected(before, rows), current: expected(now, drawn) }, { ordered: kind === 'ordered' });
  if (found === null) return 0;
  const { degrees, statistic } = found;
  const least = critical.get(degrees) ?? chiSquareQuantile(degrees, level);
  critical.set(degrees, least);
  return noncentralAbove(least, degrees, statistic);
}

/** The value that chi-square exceeds with a chance. */
function chiSquareQuantile(degrees: number, chance: number): number {
  return leastAbove((value) => upperGamma(degrees / 2, value / 2) <= chance, 1e4 + 10 * degrees) ?? Number.POSITIVE_INFINITY;
}

/** The chance that a noncentral chi-square exceeds a value (Sankaran 1963, Biometrika 50:199). */
function noncentralAbove(value: number, degrees: number, noncentrality: number): number {
  const [k, l] = [degrees, noncentrality];
  const h = 1 - (2 * (k + l) * (k + 3 * l)) / (3 * (k + 2 * l) ** 2);
  const p = (k + 2 * l) / (k + l) ** 2;
  const m = (h - 1) * (1 - 3 * h);
  const centre = 1 + h * p * (h - 1 - 0.5 * (2 - h) * m * p);
  const deviation = h * Math.sqrt(2 * p) * (1 + 0.5 * m * p);
  return 1 - normalCdf(((value / (k + l)) ** h - centre) / deviation);
}

function chanceOfRankSum({ rows, drawn, valueBins, level }: ChangeToFind, before: readonly number[], now: readonly number[]): number {
  const [known, own] = [sum(before.slice(0, valueBins)), sum(now.slice(0, valueBins))];
  if (known === 0 || own === 0) return 0;
  let [below, above, ties] = [0, 0, 0];
  for (let bin = 0; bin < valueBins; bin++) {
    const [was, is] = [(before[bin] ?? 0) / known, (now[bin] ?? 0) / own];
    above += is * (below + was / 2);
    below += was;
    ties += ((rows * was + drawn * is) / (rows + drawn)) ** 3;
  }
  const z = (Math.abs(above - 0.5) * Math.sqrt(12)) / Math.sqrt((1 / (rows * known) + 1 / (drawn * own)) * Math.max(1e-9, 1 - ties));
  return normalCdf(z - normalQuantile(1 - level / 2));
}

/** That the lower bound of the distance, or of the change of missing values where that is judged apart, lies above its limit. */
function chanceOfProof(column: ChangeToFind, before: readonly number[], now: readonly number[]): number {
  const { rows, drawn, valueBins, limit, missingLimit, confidence } = column;
  const z = normalQuantile(confidence);
  const variance = (share: number, of: number): number => ((of * share + 1) * (of * Math.max(0, 1 - share) + 1)) / (of + 2) ** 3;
  const proof = ({ value, before: was, now: is, doubt }: MeasuredChange, above: number): number => {
    const error = Math.sqrt(variance(was, rows) + variance(is, drawn));
    return normalCdf(((value - above) / error - z) / Math.sqrt(1 + doubt));
  };
  const missing = { before: before[valueBins] ?? 0, now: now[valueBins] ?? 0 };
  return Math.max(
    ...measuredChanges(column, before, now).map((measured) => proof(measured, limit)),
    missingLimit === null ? 0 : proof({ ...missing, value: Math.abs(missing.now - missing.before), doubt: 0 }, missingLimit),
  );
}

/** A distance as it is measured on average, where each half of the rows chooses bins for the other. */
interface MeasuredChange {
  readonly value: number;
  /** Shares of the bins that are chosen. */
  readonly before: number;
  readonly now: number;
  /** How much of the choice is chance, 0 to 1: both halves find the same noise, so that their mean varies up to twice as much as two measurements of fixed bins. */
  readonly doubt: number;
}

/** What a distance loses on average where bins in order may also be chosen by one end, in units of the error of a half: from simulations of shifts and spreads. */
const costOfChoice = { line: 0.15, bins: 0.05 } as const;

/** By bins whose share rose, each chosen with the chance that this shows in half of the rows; in order also by all to one side of a bin, and by those beyond the order alone. */
function measuredChanges(
  { rows, drawn, valueBins, kind }: ChangeToFind,
  before: readonly number[],
  now: readonly number[],
): readonly MeasuredChange[] {
  const ofBins = { value: 0, before: 0, now: 0, doubt: 0 };
  const variance = (share: number, of: number): number => (2 * share * Math.max(0, 1 - share)) / of;
  for (const [bin, was] of before.entries()) {
    const is = now[bin] ?? 0;
    const chance = normalCdf((is - was) / Math.max(Math.sqrt(variance(was, rows) + variance(is, drawn)), 1e-12));
    ofBins.value += (is - was) * chance;
    ofBins.before += was * chance;
    ofBins.now += is * chance;
    ofBins.doubt += was * 4 * chance * (1 - chance);
  }
  if (kind === 'categories') return [ofBins];
  const error = Math.sqrt(2 / rows + 2 / drawn);
  ofBins.value -= costOfChoice.bins * error;
  let [was, is] = [0, 0];
  const ofLine = { value: 0, before: 0, now: 0, doubt: 0 };
  for (let bin = 0; bin < valueBins - 1; bin++) {
    was += before[bin] ?? 0;
    is += now[bin] ?? 0;
    const value = Math.abs(is - was) - costOfChoice.line * error;
    if (value > ofLine.value) Object.assign(ofLine, { value, before: was, now: is });
  }
  const beyond = before.map((_, bin) => bin).filter((bin) => bin >= valueBins && (now[bin] ?? 0) > (before[bin] ?? 0));
  const of = (shares: readonly number[]): number => beyond.reduce((all, bin) => all + (shares[bin] ?? 0), 0);
  return [ofBins, ofLine, { value: of(now) - of(before), before: of(before), now: of(now), doubt: 0 }];
}

/** The least number from which on a condition holds, up to `most`, to a thousandth; null when it does not hold there. */
function leastAbove(holds: (value: number) => boolean, most: number): number | null {
  if (!holds(most)) return null;
  let [low, high] = [0, most];
  while (high - low > 0.001 * high) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
