import type { DataContract, TypeOptions } from '../data-contract.ts';
import type { LintMistake } from './lint-mistake.ts';

const pairs = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
] as const satisfies readonly (readonly [keyof TypeOptions, keyof TypeOptions])[];

/** Promises that nothing can keep, each with its path. */
export function impossiblePromises({ columns }: DataContract): readonly LintMistake[] {
  return columns.flatMap(({ name, options, path }) =>
    pairs.flatMap(([low, high]) => {
      const [least, most] = [options[low], options[high]];
      if (least === undefined || most === undefined || !isAbove(least, most)) return [];
      const message = `Cannot keep what is promised of "${name}": "${low}" ${least} is above "${high}" ${most}`;
      return [{ path: [...path, 'logicalTypeOptions', low], message, hint: 'Swap the two' }];
    }),
  );
}

function isAbove(least: number | string, most: number | string): boolean {
  return typeof least === 'number' && typeof most === 'number' ? least > most : Date.parse(String(least)) > Date.parse(String(most));
}
