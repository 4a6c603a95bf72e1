import type { ColumnProfile } from '@tidegate/formats';
import { limitInWords } from '../checks/limit.ts';
import { textAt } from '../contract/check-arguments.ts';
import { distributionDistance } from '../profile/distance.ts';
import { type Judge, known } from './further-place.ts';
import { formerVersion } from './further-rules.ts';
import { rowsNeeded, sampledDistance } from './sampled-distance.ts';

/** `distanceFrom`: how far the values of a column have moved since another version. Too few rows are no pass. */
export const distanceFrom: Judge = ({ body, column }, { version, former, versions, own }) => {
  const { limit, given } = body;
  const name = column?.name ?? '';
  const word = textAt(given, 'version') || formerVersion;
  const than = word === formerVersion ? 'the former version' : `version ${word}`;
  const promise = `the values of ${name} are ${limitInWords({ ...limit, unit: 'rows' })} away from those of ${than}`;
  const unknown = (finding: string) => known(promise, 'accuracy', { verdict: 'inconclusive', measured: null, finding });
  if (own.personal.has(name)) return unknown('not measured, no values of a personal column are kept to compare with');
  const before = word === formerVersion ? (former[0] ?? null) : (versions.get(word) ?? null);
  if (before === null)
    return unknown(`not measured, ${word === formerVersion ? 'there is no former version' : 'the version is not at hand'}`);
  const [old, young] = [profileOf(before, name), profileOf(version, name)];
  const distance = old === null || young === null ? null : distributionDistance(old, young);
  if (old === null || young === null || distance === null) return unknown('not measured, what is known of the two cannot be compared');
  const isMost = limit.operator === 'mustBeLessThan' || limit.operator === 'mustBeLessOrEqualTo';
  const [least] = limit.values;
  const byChance = sampledDistance(old, young);
  const isUnclear = isMost && distance <= least + byChance && byChance > least;
  if (!isUnclear)
    return {
      promise,
      dimension: 'accuracy',
      measure: { kind: 'number', aggregate: '', limit, unit: 'plain', isHidden: false },
      measurement: { found: distance },
      examples: [],
      shows: [],
    };
  const needed = rowsNeeded(old, young, least);
  const more = needed === null ? `the other version has too few values for that` : `${needed} values are needed`;
  const measured = { distance, byChance, needed };
  const finding = `it is ${rounded(distance)}, but with ${valuesOf(young)} values ${rounded(byChance)} comes by chance, so that ${more}`;
  return known(promise, 'accuracy', { verdict: 'inconclusive', measured, finding });
};

function profileOf(version: { readonly profile: { readonly columns: readonly ColumnProfile[] } }, name: string): ColumnProfile | null {
  return version.profile.columns.find((column) => column.name === name) ?? null;
}

const valuesOf = ({ rows, nulls }: ColumnProfile): number => rows - nulls;
const rounded = (value: number): number => Number(value.toPrecision(3));
