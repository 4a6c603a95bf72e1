import { type BinnedColumn, judgeDrift, seededRandom } from '@tidegate/runtime';
import type { FoundEffect, JointLimits } from './finding.ts';
import { binAmong, frequentValues } from './pooled-features.ts';
import type { SampledRows } from './sampled-rows.ts';
import { strangeTexts } from './strange-texts.ts';
import { wordsOf } from './text-words.ts';

/** Words that get a bin of their own, and the share of rows that earns one. */
const mostWords = 40;
const leastShare = 0.01;
const lengthBins = 10;

/**
 * How long the texts of a column are and which words they have, each judged as a column is. Of each row one word counts, which chance decides, so that rows and not
 * words are what is counted: words of one text come together. Which words are known says one half of the reference; the other half, which has
 * new ones as well, is what the current rows are compared with. How texts are written is asked of all of them.
 *
 * @returns nothing for columns of classes, where the same texts come again and again
 */
export function textDrift(column: string, reference: SampledRows, current: SampledRows, limits: JointLimits): readonly FoundEffect[] {
  const [before, now] = [reference.texts.get(column) ?? [], current.texts.get(column) ?? []];
  if (!isText(before)) return [];
  const [wordsBefore, wordsNow] = [before.map(textWords), now.map(textWords)];
  const length = (text: string | null): number | null => (text === null ? null : [...text].length);
  const found = [binnedNumbers('characters', before.map(length), now.map(length))];
  const counts = (all: typeof wordsBefore): readonly (number | null)[] => all.map((own) => own?.length ?? null);
  const isName = isNameLike(before, wordsBefore);
  const strange = isName ? null : strangeTexts(column, [before, now], limits);
  if (!isName) found.push(binnedNumbers('words', counts(wordsBefore), counts(wordsNow)), binnedWords([before, now], limits.seed));
  const judged = found.flatMap(({ name, binned, rows, referenceRows }): readonly FoundEffect[] => {
    const judgeAt = (falseAlarms: number, withSmallest: boolean) =>
      judgeDrift([binned], { falseAlarms, floor: limits.floor, confidence: limits.confidence, withSmallest })[0];
    const own = judgeAt(0.01, false);
    if (own === undefined) return [];
    const { value, low, high } = own.distance;
    const effect = { measure: 'total variation', value, low, high, pValue: own.pValue, limit: limits.floor } as const;
    const smallest = (level: number): number | null => judgeAt(level, true)?.smallest?.distance ?? null;
    return [{ name: `text.${column}.${name}`, columns: [column], ...effect, smallest, telling: [], pairs: [], rows, referenceRows }];
  });
  return strange === null ? judged : [...judged, strange];
}

function textWords(text: string | null): readonly string[] | null {
  return text === null ? null : wordsOf(text);
}

/** Most rows have a text that few others have. */
function isText(values: readonly (string | null)[]): boolean {
  const known = values.filter((value) => value !== null);
  if (known.length < 50) return false;
  const frequent = new Set(frequentValues(known, 100));
  return known.filter((value) => frequent.has(value)).length < known.length / 2;
}

/** Each row has a word of its own: a code or a name, whose words say nothing of what comes. */
function isNameLike(texts: readonly (string | null)[], words: readonly (readonly string[] | null)[]): boolean {
  const known = words.filter((own) => own !== null);
  const all = known.reduce((sum, own) => sum + own.length, 0);
  return all < 1.5 * known.length && new Set(texts).size > 0.9 * known.length;
}

interface Binned {
  readonly name: string;
  readonly binned: BinnedColumn;
  readonly rows: number;
  readonly referenceRows: number;
}

function binnedNumbers(name: string, reference: readonly (number | null)[], current: readonly (number | null)[]): Binned {
  const sorted = reference.filter((value) => value !== null).toSorted((a, b) => a - b);
  const cuts = Array.from({ length: lengthBins - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / lengthBins)] ?? 0);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  // what is shorter or longer than all that was seen has a bin of its own
  const edges = [...new Set([least - 0.5, ...cuts, most])];
  const bin = (value: number | null): number => (value === null ? edges.length + 1 : binAmong(edges, value));
  const counted = (values: readonly (number | null)[]) => halves(values.map(bin), edges.length + 3);
  return {
    name,
    binned: { kind: 'ordered', valueBins: edges.length + 1, reference: counted(reference), current: counted(current) },
    rows: current.length,
    referenceRows: reference.length,
  };
}

/**
 * Texts that the vocabulary was learned from have no word that is new to it. Rows that have one of them again are left out on both sides: else data that was added to, or that is compared with itself, would seem to have fewer new words.
 */
function binnedWords([before, now]: readonly [readonly (string | null)[], readonly (string | null)[]], seed: number): Binned {
  const random = seededRandom(seed);
  const one = (words: readonly string[] | null): string | null =>
    words === null ? null : (words[random.below(Math.max(1, words.length))] ?? null);
  const isLearned = before.map(() => random.below(2) === 0);
  const learnedTexts = before.filter((_, row) => isLearned[row]);
  const known = new Set(learnedTexts);
  const isNew = (text: string | null): boolean => text === null || !known.has(text);
  const learned = learnedTexts.map(textWords);
  const held = before
    .filter((text, row) => !isLearned[row] && isNew(text))
    .map(textWords)
    .map(one);
  const current = now.filter(isNew).map(textWords);
  const vocabulary = new Set(learned.flatMap((words) => words ?? []));
  const counts = new Map<string, number>();
  for (const words of learned) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = frequentValues(
    learned.flatMap((words) => [...new Set(words)]),
    mostWords,
  ).filter((word) => (counts.get(word) ?? 0) >= leastShare * learned.length);
  const places = new Map(frequent.map((word, index) => [word, index]));
  const [rare, unknown, missing] = [frequent.length, frequent.length + 1, frequent.length + 2];
  const bin = (word: string | null): number => (word === null ? missing : (places.get(word) ?? (vocabulary.has(word) ? rare : unknown)));
  const counted = (words: readonly (string | null)[]) => halves(words.map(bin), frequent.length + 4);
  return {
    name: 'vocabulary',
    binned: { kind: 'categories', valueBins: frequent.length + 2, reference: counted(held), current: counted(current.map(one)) },
    rows: current.length,
    referenceRows: held.length,
  };
}

function halves(bins: readonly number[], places: number): readonly [number[], number[]] {
  const empty = (): number[] => Array.from({ length: places }, () => 0);
  const counts: readonly [number[], number[]] = [empty(), empty()];
  bins.forEach((bin, row) => {
    const half = counts[row % 2 === 0 ? 0 : 1];
    half[bin] = (half[bin] ?? 0) + 1;
  });
  return counts;
}
