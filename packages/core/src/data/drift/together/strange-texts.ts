import { frontScanTest, normalQuantile, seededRandom } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';

/** More of a text is not looked at. */
const mostCharacters = 300;

/** What matters of strange texts, of what matters otherwise: rows in another language are none of those that moved a little. */
const strangeShare = 0.01;

/**
 * Whether the strangest texts of both samples together are current ones: texts in another language, in a broken encoding, or typed at random. A text is the stranger the
 * fewer of the other texts have its pairs of signs, on average; which sample a text is of plays no part. What matters begins at a hundredth of the floor; that
 * there are fewer than the floor passes.
 *
 * @returns null when a sample has no texts, or there are fewer than four
 */
export function strangeTexts(
  column: string,
  [reference, current]: readonly [readonly (string | null)[], readonly (string | null)[]],
  { floor, confidence, seed }: JointLimits,
): FoundEffect | null {
  const random = seededRandom(seed);
  const texts = [
    ...reference.map((text) => ({ pairs: pairsOf(text ?? ''), isCurrent: false })),
    ...current.map((text) => ({ pairs: pairsOf(text ?? ''), isCurrent: true })),
  ].filter(({ pairs }) => pairs.length > 0);
  const order = strangeness(texts.map(({ pairs }) => pairs))
    .map((strange, index) => ({ strange, chance: random.below(1e9), isCurrent: texts[index]?.isCurrent ?? false }))
    .toSorted((a, b) => b.strange - a.strange || a.chance - b.chance);
  const scan = frontScanTest(order.map(({ isCurrent }) => isCurrent));
  if (scan === null) return null;
  const drawn = order.filter(({ isCurrent }) => isCurrent).length;
  const share = differenceOf(
    { hits: scan.current, rows: drawn },
    { hits: scan.rows - scan.current, rows: order.length - drawn },
    normalQuantile(confidence),
  );
  return {
    name: `text.${column}.writing`,
    columns: [column],
    measure: 'share of rows',
    // where chance explains it there is nothing
    value: scan.pValue <= 1 - confidence ? share.value : 0,
    low: scan.pValue <= 1 - confidence ? share.low : 0,
    high: share.high,
    pValue: scan.pValue,
    limit: strangeShare * floor,
    passes: floor,
    // it depends on how strange they are
    smallest: () => null,
    telling: [],
    pairs: [],
    rows: drawn,
    referenceRows: order.length - drawn,
  };
}

/** By text: the mean, over its pairs of signs, of how few of the other texts have them. */
function strangeness(texts: readonly (readonly number[])[]): readonly number[] {
  const having = new Map<number, number>();
  for (const pairs of texts) for (const pair of new Set(pairs)) having.set(pair, (having.get(pair) ?? 0) + 1);
  return texts.map((pairs) => pairs.reduce((sum, pair) => sum - Math.log((having.get(pair) ?? 1) - 0.5), 0) / pairs.length);
}

/** Small letters one after another, in one number each; digits are alike, and what stands between words is a blank. */
function pairsOf(text: string): readonly number[] {
  const shown = text.slice(0, mostCharacters).normalize('NFC').toLowerCase();
  const signs = shown
    .replaceAll(/\p{N}/gu, '0')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
  if (signs === '') return [];
  const points = Array.from(` ${signs} `, (sign) => sign.codePointAt(0) ?? 0);
  return points.slice(1).map((point, index) => (points[index] ?? 0) * 0x20_0000 + point);
}

interface Share {
  readonly hits: number;
  readonly rows: number;
}

/** The difference of two shares with one hit and one miss added to each (Agresti and Caffo 2000, American Statistician 54:280). */
function differenceOf(current: Share, reference: Share, z: number) {
  const smoothed = ({ hits, rows }: Share): { readonly share: number; readonly variance: number } => {
    const share = (hits + 1) / (rows + 2);
    return { share, variance: (share * (1 - share)) / (rows + 2) };
  };
  const [now, before] = [smoothed(current), smoothed(reference)];
  const error = z * Math.sqrt(now.variance + before.variance);
  const between = now.share - before.share;
  return {
    value: Math.max(0, current.hits / current.rows - reference.hits / reference.rows),
    low: Math.max(0, between - error),
    high: Math.min(1, Math.max(0, between + error)),
  };
}
