import { normalCdf } from '../normal.ts';
import { type Sizes, sizesOf, stepsOf, type ValueCounts } from './value-counts.ts';

export interface MannWhitney {
  /** U of the reference: pairs in which its row is the larger one, ties counted half. */
  readonly statistic: number;
  /** Chance that a current row is larger than one of the reference, ties counted half; 0.5 when nothing moved. */
  readonly above: number;
  /** Two-sided. */
  readonly pValue: number;
  /** `exact` without ties where one sample has at most eight rows; else the normal approximation, corrected for ties and continuity. */
  readonly method: 'exact' | 'asymptotic';
}

const fewRows = 8;
/** Cells of the table of counts up to which it is worth the time. */
const mostCells = 1e6;

/** The test of Mann and Whitney (1947, Annals of Mathematical Statistics 18:50), which is Wilcoxon's of rank sums; null when a sample is empty. */
export function mannWhitney(counts: ValueCounts): MannWhitney | null {
  const rows = sizesOf(counts);
  const pairs = rows.reference * rows.current;
  if (pairs === 0) return null;
  let statistic = 0;
  let ties = 0;
  for (const { below, reference, current } of stepsOf(counts)) {
    statistic += reference * (below.current + current / 2);
    ties += (reference + current) ** 3 - (reference + current);
  }
  const larger = Math.max(statistic, pairs - statistic);
  const least = Math.min(rows.reference, rows.current);
  const isExact = ties === 0 && least <= fewRows && least * pairs <= mostCells;
  const pValue = isExact ? exactTail(rows, larger) : normalTail(rows, larger, ties);
  return { statistic, above: 1 - statistic / pairs, pValue, method: isExact ? 'exact' : 'asymptotic' };
}

function normalTail({ reference, current }: Sizes, larger: number, ties: number): number {
  const together = reference + current;
  const variance = ((reference * current) / 12) * (together + 1 - ties / (together * (together - 1)));
  if (!(variance > 0)) return 1;
  return Math.min(1, 2 * normalCdf(-(larger - (reference * current) / 2 - 0.5) / Math.sqrt(variance)));
}

/** Twice the chance of at least so large a U, from the numbers of orders that have each U: those of m and n rows end with a row of either. */
function exactTail({ reference, current }: Sizes, larger: number): number {
  const [few, many] = [Math.min(reference, current), Math.max(reference, current)];
  // chance of each U with i of the few rows among the first i + j
  let chances: Float64Array[] = Array.from({ length: few + 1 }, () => Float64Array.of(1));
  for (let j = 1; j <= many; j++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let i = 1; i <= few; i++) {
      const own = new Float64Array(i * j + 1);
      const [withFew, withMany] = [next[i - 1] ?? new Float64Array(), chances[i] ?? new Float64Array()];
      // the largest row is one of the few, which is above all j others, or one of the many
      withFew.forEach((chance, u) => (own[u + j] = (own[u + j] ?? 0) + (chance * i) / (i + j)));
      withMany.forEach((chance, u) => (own[u] = (own[u] ?? 0) + (chance * j) / (i + j)));
      next.push(own);
    }
    chances = next;
  }
  const tail = (chances[few] ?? new Float64Array()).slice(Math.ceil(larger)).reduce((sum, chance) => sum + chance, 0);
  return Math.min(1, 2 * tail);
}
