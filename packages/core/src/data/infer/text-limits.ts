import { compareCodeUnits } from '@tidegate/formats';
import type { InferredLimit } from './inferred-contract.ts';
import type { Allowance, Judged } from './number-limits.ts';
import { outward } from './outward.ts';
import { type ColumnSurvey, garbled } from './survey.ts';
import { limitBeyond } from './tail-limit.ts';
import type { TextForm } from './text-form.ts';
import { chanceOfUnseenClass, closedChance } from './unseen-class.ts';

/** Values that a list may have. */
const mostValues = 50;
/** Rows for each different value from which they are taken for classes. */
const rowsPerValue = 10;
/** How many times as long as the longest a text may be at least, and how many times as short: lengths go by factors. */
const lengthFactor = 4;
/** Texts that must be there for their form to count. */
const fewestForForm = 100;

/** Limits of a column of text: its classes, or else its form and how long it is. */
export function textLimits(survey: ColumnSurvey, { form, chance }: Pick<Allowance, 'chance'> & { readonly form: TextForm | null }): Judged {
  const { profile, classes, text } = survey;
  const values = profile.rows - profile.nulls;
  if (text === null || values === 0) return { limits: [], remarks: [] };
  const list = classes === null ? null : classLimit(classes, values);
  const isOfForm = form !== null && profile.distinct >= fewestForForm;
  const limits: InferredLimit[] = [];
  if (list !== null) limits.push(list);
  else {
    limits.push(...lengthLimits(survey, chance));
    if (isOfForm) limits.push({ name: 'pattern', value: form.pattern, chance: null, seen: `all of ${values} texts have this form` });
  }
  const isFreeText = list === null && !isOfForm && values >= fewestForForm;
  if (isFreeText && text.isTrimmed) limits.push(own('trimmed', { check: 'trimmed' }, 'no text begins or ends with a space'));
  if (isFreeText && !text.isGarbled)
    limits.push(own('doesNotMatch', { check: 'doesNotMatch', pattern: garbled }, 'no text has signs that a wrong encoding leaves'));
  return { limits, remarks: [] };
}

function own(name: 'trimmed' | 'doesNotMatch', implementation: { readonly [name: string]: string }, seen: string): InferredLimit {
  return { name, value: { type: 'custom', engine: 'tidegate', implementation }, chance: null, seen };
}

/** All classes where another one is unlikely; else so many rows may have another as were not to be expected. */
function classLimit(classes: readonly (readonly [string, number])[], values: number): InferredLimit | null {
  if (classes.length < 2 || classes.length > mostValues || values < rowsPerValue * classes.length) return null;
  const counts = classes.map(([, count]) => count);
  const unseen = chanceOfUnseenClass(counts, values);
  const validValues = classes.map(([value]) => value).toSorted(compareCodeUnits);
  const rarest = counts.reduce((least, count) => Math.min(least, count));
  const rule = { metric: 'invalidValues', arguments: { validValues } };
  const seen = `${classes.length} values seen, the rarest in ${rarest} of ${values} rows`;
  if (unseen <= closedChance) return { name: 'invalidValues', value: { ...rule, mustBe: 0 }, chance: unseen, seen };
  // what the rows so far cannot have missed (rule of three), and what Good and Turing expect, three times over
  const singletons = counts.filter((count) => count === 1).length;
  const share = Math.ceil((300 * (singletons + 1)) / values);
  return share > 5
    ? null
    : {
        name: 'invalidValues',
        value: { ...rule, mustBeLessOrEqualTo: share, unit: 'percent' },
        chance: 0,
        seen: `${seen}; others are to be expected`,
      };
}

/** Numbers of characters, from their tails as those of numbers are; never less than one where there was always one. */
function lengthLimits({ profile, greatest, least }: ColumnSurvey, chance: number): readonly InferredLimit[] {
  const [longest, shortest] = [greatest[0], least[0]];
  const values = profile.rows - profile.nulls;
  if (longest === undefined || shortest === undefined) return [];
  const wager = { next: values, chance };
  const high = longest === shortest ? longest : limitBeyond({ outermost: greatest, values, step: 1 }, wager);
  const low = longest === shortest ? -shortest : limitBeyond({ outermost: least.map((length) => -length), values, step: 1 }, wager);
  const reach = Math.max(1, longest - shortest);
  const isFixed = longest === shortest;
  if (isFixed && profile.distinct < fewestForForm) return [];
  const minLength = isFixed
    ? shortest
    : Math.max(Math.min(1, shortest), low === null ? 0 : outward(Math.min(-low, shortest / lengthFactor), { reach, side: 'low' }));
  const maxLength = isFixed || high === null ? longest : outward(Math.max(high, longest * lengthFactor), { reach, side: 'high' });
  return [
    ...(minLength > 0
      ? [
          {
            name: 'minLength',
            value: Math.floor(minLength),
            chance: isFixed ? null : chance,
            outermost: shortest,
            seen: `shortest seen: ${shortest}`,
          } as const,
        ]
      : []),
    ...(high === null || high > 1000 * longest
      ? []
      : [
          {
            name: 'maxLength',
            value: Math.ceil(maxLength),
            chance: isFixed ? null : chance,
            outermost: longest,
            seen: `longest seen: ${longest}`,
          } as const,
        ]),
  ];
}
