import type { Json, shape } from '@tidegate/formats';
import { notSupportedYet } from '../file/later.ts';
import { type Check, membersOf, type Report } from './draft.ts';

/** What only later versions can do is refused by name. */
export function checkLater(value: Json, report: Report): void {
  for (const { path, instead } of notSupportedYet)
    for (const found of matches(value, path)) {
      const name = found.at(-1) ?? '';
      const message = `Cannot use "${name}" here: it is not supported yet in this version of Tidegate`;
      report(found, { code: 'TG-CONFIG-NOT-SUPPORTED-YET', message, hint: instead, at: 'name' });
    }
}

function matches(value: Json, pattern: readonly string[]): readonly shape.Path[] {
  const [first, ...rest] = pattern;
  if (first === undefined) return [[]];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value)
    .filter(([name]) => first === '*' || name === first)
    .flatMap(([name, member]) => matches(member, rest).map((found) => [name, ...found]));
}

/** Targets of later versions are refused by name. */
export const checkTargets: Check = (draft, report) => {
  for (const [name, environment] of membersOf(draft.environments))
    if (environment?.target !== undefined && environment.target !== 'local')
      report(['environments', name, 'target'], {
        code: 'TG-CONFIG-NOT-SUPPORTED-YET',
        message: `Cannot deploy to the target "${environment.target}": it is not supported yet in this version of Tidegate`,
        hint: 'Write "local": releases run as a supervised process on this machine',
      });
};
