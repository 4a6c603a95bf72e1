import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnPart } from '@tidegate/formats';
import { mergeParts, numberMeasures, seededRandom, shareMeasures } from '@tidegate/runtime';
import fc from 'fast-check';
import { listedCategories } from './categories-of-profiles.ts';
import { numbersOfProfiles } from './numbers-of-profiles.ts';
import { partOfValues, sideOfParts } from './test-profile-sides.ts';

const column = { name: 'x', type: 'number', role: 'input' } as const;
/** So few that no profile lists all. */
const limits = { all: 4, most: 2 };

/** Numbers of two samples by the shape that they come from. */
const shapes = {
  even: (unit: number) => 10 * unit,
  'far from zero': (unit: number) => 300 + 9 * unit,
  'near to each other and far': (unit: number) => 1e9 + unit,
  skewed: (unit: number) => Math.exp(20 * unit - 10),
  'on both sides of zero': (unit: number) => (unit - 0.5) ** 3,
  'mostly zero': (unit: number) => (unit < 0.6 ? 0 : unit),
  'mostly one value': (unit: number) => (unit < 0.6 ? 36.6 : 30 + 10 * unit),
  'with an outlier': (unit: number) => (unit > 0.98 ? 1e12 * unit : 50 + unit),
  whole: (unit: number) => Math.round(40 * unit),
  tiny: (unit: number) => 1e-120 * unit,
} as const;

for (const [name, of] of Object.entries(shapes))
  test(`measures of the rows lie within the bounds that profiles give: numbers ${name}`, () => {
    const units = fc.array(
      fc.integer({ min: 0, max: 1_000_000 }).map((part) => part / 1_000_000),
      { minLength: 6, maxLength: 80 },
    );
    const sample = fc.tuple(units, fc.constantFrom(0, 0.05, 0.4), fc.constantFrom(1, 1.5));
    fc.assert(
      fc.property(sample, sample, ([olds, ,], [news, shift, scale]) => {
        const [before, after] = [olds.map(of), news.map((unit) => of(unit) * scale + shift * of(0.5))];
        // as of very many values, which are not listed
        const [old, young] = [{ ...partOfValues('number', before), values: null }, partOfValues('number', after)];

        const { measures, current } = numbersOfProfiles(old, young, column, seededRandom(1));

        assert.equal(measures?.of, 'binned numbers');
        const values = [...new Set([...before, ...after])].toSorted((a, b) => a - b);
        const count = (rows: readonly number[]) => Float64Array.from(values, (value) => rows.filter((one) => one === value).length);
        const truth = numberMeasures({ values: Float64Array.from(values), reference: count(before), current: count(after) });
        assertWithin(measures.kolmogorovSmirnov, truth.kolmogorovSmirnov?.statistic ?? Number.NaN);
        assertWithin(measures.wasserstein, truth.wasserstein ?? Number.NaN);
        assertWithin(measures.energy, truth.energy ?? Number.NaN);
        for (const [index, rows] of [before, after].entries()) {
          const halves = index === 0 ? current.binned.reference : current.binned.current;
          assert.equal(
            halves.flat().reduce((sum, each) => sum + each, 0),
            rows.length,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

function assertWithin({ least, most }: { readonly least: number; readonly most: number }, truth: number): void {
  const slack = 1e-9 * Math.max(1, Math.abs(truth));
  assert.ok(truth >= least - slack && truth <= most + slack, `${truth} is not between ${least} and ${most}`);
}

test('bins are narrow where there are rows, however far apart these are', () => {
  const [low, high] = [1, 1e6].map((from) => Array.from({ length: 500 }, (_, row) => from * (1 + (row * 7919) / 500_000_000)));
  const [old, young] = [partOfValues('number', [...(low ?? []), ...(high ?? [])]), partOfValues('number', high ?? [])];

  const { measures } = numbersOfProfiles({ ...old, values: null }, young, column, seededRandom(1));

  assert.equal(measures?.of, 'binned numbers');
  const { least, most } = measures.wasserstein;
  assert.ok(least > 450_000 && most - least < 0.05 * most, `${least} to ${most}`);
});

/** Parts in which a frequent text may be too rare to be listed. */
const chunk = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 3, max: 40 }));

test('the total variation of texts lies within its bounds where parts did not list all their rows, and so does that of the bins', () => {
  let undercounted = 0;
  const sides = fc.array(chunk, { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(sides, sides, (olds, news) => {
      const made = [olds, news].map((chunks, side) => {
        const texts = chunks.map(([a, b, others], at) => [
          ...Array.from({ length: a }, () => 'a'),
          ...Array.from({ length: b }, () => 'b'),
          ...Array.from({ length: 2 * others }, (_, row) => `${side} ${at} ${row % others}`),
        ]);
        const [first, ...more] = texts.map((values) => sideOfParts({ x: partOfValues('string', values, limits) }, values.length).whole);
        assert.ok(first !== undefined);
        const [part] = mergeParts([first, ...more]).columns;
        assert.ok(part !== undefined);
        return { part, values: texts.flat() };
      });
      const [old, young] = made;
      assert.ok(old !== undefined && young !== undefined);

      assertListed({ before: old.part, after: young.part }, [old.values, young.values]);
      for (const { part, values } of made)
        for (const name of ['a', 'b']) {
          const listed = part.values?.values.find(([value]) => value === name)?.[1] ?? 0;
          if (listed > 0 && listed < values.filter((value) => value === name).length) undercounted += 1;
        }
    }),
    { numRuns: 100 },
  );
  assert.ok(undercounted > 0, 'no count was too low');
});

function assertListed(
  { before, after }: { readonly before: ColumnPart; readonly after: ColumnPart },
  [old, young]: readonly [readonly string[], readonly string[]],
): void {
  const rows = { before: old.length, after: young.length };
  const { measures, current } = listedCategories(before, after, { column: { ...column, type: 'string' }, rows, random: seededRandom(1) });
  const values = [...new Set([...old, ...young])];
  const count = (all: readonly string[]): readonly number[] => values.map((value) => all.filter((one) => one === value).length);
  const truth = shareMeasures({ reference: count(old), current: count(young) })?.totalVariation ?? Number.NaN;
  assert.equal(measures?.of, 'listed classes');
  assertWithin(measures.totalVariation, truth);
  const { error = { less: 0, more: 0 } } = current.binned;
  const changes = current.binned.reference[0].map((_, bin) => {
    const [was = 0, now = 0] = [current.binned.reference, current.binned.current].map(
      (halves) => (halves[0][bin] ?? 0) + (halves[1][bin] ?? 0),
    );
    return Math.abs(was / old.length - now / young.length) / 2;
  });
  const distance = changes.reduce((sum, each) => sum + each, 0);
  assertWithin({ least: distance - error.less, most: distance + error.more }, truth);
}

test('the total variation of texts of which only frequent ones are listed lies within its bounds', () => {
  const words = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 40 }).map(String)), {
    minLength: 1,
    maxLength: 150,
  });
  fc.assert(
    fc.property(words, words, (old, young) => {
      const [before, after] = [partOfValues('string', old, limits), partOfValues('string', young, limits)];
      fc.pre((before.values?.error ?? 0) + (after.values?.error ?? 0) > 0);

      assertListed({ before, after }, [old, young]);
    }),
    { numRuns: 200 },
  );
});

test('the very same texts are no farther apart than the error, though only one of the profiles counted all of them', () => {
  const chunks = [Array.from({ length: 900 }, () => 'a'), Array.from({ length: 55 }, (_, row) => 'abcde'[row % 5] ?? '')];
  const [first, second] = chunks.map((values) => sideOfParts({ x: partOfValues('string', values, limits) }, values.length).whole);
  assert.ok(first !== undefined && second !== undefined);
  const [before] = mergeParts([first, { ...second, columns: second.columns.map(withoutA) }]).columns;
  assert.ok(before !== undefined);

  assert.deepEqual(
    before.values?.values.find(([value]) => value === 'a'),
    ['a', 900],
  );
  assertListed({ before, after: partOfValues('string', chunks.flat()) }, [chunks.flat(), chunks.flat()]);
});

/** As if chance had kept others of the equally frequent ones. */
function withoutA(part: ColumnPart): ColumnPart {
  return part.values === null
    ? part
    : { ...part, values: { ...part.values, values: part.values.values.filter(([value]) => value !== 'a') } };
}
