import { none, type RuleText, sqlName, sqlRule } from './foreign-rules.ts';

/** Combinations that occur more than once; a missing value is the same as another. */
export function uniqueTogether(columns: readonly string[]): RuleText {
  const names = columns.map(sqlName).join(', ');
  return sqlRule(`SELECT count(*) FROM (SELECT ${names} FROM {object} GROUP BY ${names} HAVING count(*) > 1)`, none);
}
