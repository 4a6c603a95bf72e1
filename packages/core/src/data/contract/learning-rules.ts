import { type Json, shape } from '@tidegate/formats';
import type { CustomProperty, PropertyText, RuleText } from './contract-shape.ts';
import type { Rule } from './data-contract.ts';
import { parseRule } from './rule.ts';
import type { RulePlace } from './rule-place.ts';

const { boolean, either, map, number, object, optional, record, required, text } = shape;

const pair = map(shape.list(number(), { minimum: 2 }), (values, report): readonly number[] => {
  if (values.length !== 2) report(`It must be a list of two numbers: found ${values.length}`);
  return values;
});

/** `tidegate.distribution`: shares of values in percent, or bounds of quantiles. */
const distribution = map(
  object({ shares: optional(record(number())), within: optional(number({ minimum: 0 })), quantiles: optional(record(pair)) }),
  (value, report) => {
    if ((value.shares === undefined) === (value.quantiles === undefined))
      report(
        'It must have either "shares" or "quantiles"',
        'Write "{ shares: { paid: 80, open: 20 }, within: 5 }" or "{ quantiles: { 0.5: [10, 20] } }"',
      );
    else if (value.shares !== undefined && value.within === undefined)
      report('It must say "within" how many percentage points the shares are', 'Add "within: 5"');
    return value;
  },
);

/** `tidegate.drift`: the greatest distance from the former version, or from one that is named. */
const drift = object({ atMost: required(number({ minimum: 0, maximum: 1 })), against: optional(text()) });

/** `tidegate.skew`: the greatest distance of what a live service is asked with from what its model was trained on. No number of predictions proves that two distributions are the same. */
const skew = object({
  atMost: required(
    map(number({ minimum: 0, maximum: 1 }), (value, report) => {
      if (value === 0)
        report('It must be above 0: no number of predictions could prove that nothing differs', 'For example: { atMost: 0.1 }');
      return value;
    }),
  ),
});

/** `tidegate.label`: what is predicted, and how near to it another column may come. */
const label = either(boolean(), object({ correlation: required(number({ minimum: 0, maximum: 1 })) }), (value) =>
  typeof value === 'boolean' ? 'first' : 'second',
);

/** From here on a column all but tells the label. */
const usualLeak = 0.999;

const shapes = { 'tidegate.distribution': distribution, 'tidegate.drift': drift, 'tidegate.skew': skew, 'tidegate.label': label } as const;

/** What a property says for machine learning by `customProperties`, as rules of its column. Mistakes are reported. */
export function learningRules(property: PropertyText, place: RulePlace): readonly Rule[] {
  return entriesOf(property.customProperties, place).flatMap(({ name, value, path }): readonly Rule[] => {
    const here = { ...place, path };
    switch (name) {
      case 'tidegate.distribution': {
        const { shares, within = 0, quantiles } = value;
        const given: Json =
          shares === undefined
            ? { check: 'quantilesOutside', bounds: quantiles ?? {}, mustBe: 0 }
            : { check: 'shareDeviation', shares, mustBeLessOrEqualTo: within };
        return ruleOf({ id: 'distribution', implementation: given }, here);
      }
      case 'tidegate.drift': {
        const { atMost, against } = value;
        return ruleOf(
          {
            id: 'drift',
            implementation: { check: 'distanceFrom', ...(against !== undefined && { version: against }), mustBeLessOrEqualTo: atMost },
          },
          here,
        );
      }
      case 'tidegate.skew':
        return []; // of a live service, whose monitor judges it
      case 'tidegate.label':
        return value === false ? [] : ruleOf({ id: 'label', type: 'library', metric: 'nullValues', mustBe: 0 }, here);
    }
  });
}

/** How far a live service may be from training in this property: by `tidegate.skew`, or else by what it may drift from version to version, unless that is nothing at all, which versions can keep and services cannot. */
export function allowedSkew(property: PropertyText, place: RulePlace): number | null {
  const entries = entriesOf(property.customProperties, { ...place, report: () => {} });
  const [skewed] = entries.flatMap((entry) => (entry.name === 'tidegate.skew' ? [entry.value.atMost] : []));
  const [drifted] = entries.flatMap((entry) => (entry.name === 'tidegate.drift' && entry.value.atMost > 0 ? [entry.value.atMost] : []));
  return skewed ?? drifted ?? null;
}

/** What the label of an object says of its other columns of numbers: none may all but be the label. */
export function leakRules(properties: readonly PropertyText[], property: PropertyText, place: RulePlace): readonly Rule[] {
  if (!isNumber(property)) return [];
  return properties.flatMap((other, index) => {
    if (other === property || !isNumber(other)) return [];
    const path = [...place.path.slice(0, -1), index];
    return entriesOf(other.customProperties, { ...place, path, report: () => {} }).flatMap((entry) => {
      if (entry.name !== 'tidegate.label' || entry.value === false) return [];
      const most = entry.value === true ? usualLeak : entry.value.correlation;
      const implementation = { check: 'correlation', with: other.name, mustBeBetween: [-most, most] };
      return ruleOf({ id: `tells_${other.name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`, implementation }, { ...place, path: entry.path });
    });
  });
}

function isNumber({ logicalType }: PropertyText): boolean {
  return logicalType === 'number' || logicalType === 'integer';
}

type Entry = {
  readonly [K in keyof typeof shapes]: { readonly name: K; readonly value: shape.TypeOf<(typeof shapes)[K]>; readonly path: shape.Path };
}[keyof typeof shapes];

function entriesOf(entries: readonly CustomProperty[] = [], { path, report }: Pick<RulePlace, 'path' | 'report'>): readonly Entry[] {
  return entries.flatMap(({ property, value }, index): readonly Entry[] => {
    const at = [...path, 'customProperties', index];
    const problems: shape.Problem[] = [];
    const found = entryOf(property, value, { path: at, problems });
    for (const problem of problems) report(problem.path, problem.message, problem.hint);
    return found === null || problems.length > 0 ? [] : [found];
  });
}

function entryOf(
  property: string,
  value: CustomProperty['value'],
  { path, problems }: { readonly path: shape.Path; readonly problems: shape.Problem[] },
): Entry | null {
  const at = [...path, 'value'];
  switch (property) {
    case 'tidegate.distribution': {
      const read = distribution.check(value, at, problems);
      return read === undefined ? null : { name: property, value: read, path };
    }
    case 'tidegate.drift': {
      const read = drift.check(value, at, problems);
      return read === undefined ? null : { name: property, value: read, path };
    }
    case 'tidegate.skew': {
      const read = skew.check(value, at, problems);
      return read === undefined ? null : { name: property, value: read, path };
    }
    case 'tidegate.label': {
      const read = label.check(value, at, problems);
      return read === undefined ? null : { name: property, value: read, path };
    }
    default:
      return null;
  }
}

function ruleOf(given: RuleText, place: RulePlace): readonly Rule[] {
  const rule = parseRule({ ...(given.metric === undefined && { type: 'custom', engine: 'tidegate' }), ...given }, place);
  return rule === null ? [] : [rule];
}
