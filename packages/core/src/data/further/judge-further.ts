import { type Finding, findingOf } from '../checks/finding.ts';
import { snakeCase } from '../checks/rule-checks.ts';
import type { CheckName } from '../contract/check-signatures.ts';
import { distanceFrom } from './distance-from.ts';
import { existsIn, foreignKeyOf } from './foreign-key.ts';
import { noneOlderThan, notOlderThan } from './freshness.ts';
import { type FurtherPlace, type Judge, known } from './further-place.ts';
import type { FurtherRule } from './further-rule.ts';
import { pythonFunction } from './python-function.ts';
import { reconciles } from './reconciliation.ts';
import { sameAggregate } from './same-aggregate.ts';
import { rowCountChange } from './volume-change.ts';

const judges: { readonly [Check in CheckName]?: Judge } = {
  existsIn,
  foreignKey: foreignKeyOf,
  reconciles,
  sameAggregate,
  notOlderThan,
  noneOlderThan,
  rowCountChange,
  distanceFrom,
  python: pythonFunction,
};

/** Names of all further checks that can be judged, for the test that none is promised only. */
export const judgedChecks: readonly string[] = Object.keys(judges);

/** What further rules find, in their order. What cannot be measured yet, for there is nothing before it, is a warning and never a pass. */
export async function judgeFurther(rules: readonly FurtherRule[], place: FurtherPlace): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const times = new Map<string, number>();
  for (const further of rules) {
    const { rule, body, column, unjudged } = further;
    const judge = judges[body.check];
    if (judge === undefined) throw new Error(`Cannot judge the check "${body.check}"; please report this`);
    const { promise, dimension, measure, measurement, examples, shows } =
      unjudged === null
        ? await judge(further, place)
        : known(rule.description ?? body.check, 'consistency', { verdict: 'inconclusive', measured: null, finding: unjudged });
    const name = `${column === null ? '' : `${column.name}.`}${rule.name ?? snakeCase(body.check)}`;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    const isUnknown = measure.kind === 'known' && measure.verdict === 'inconclusive' && measure.measured === null;
    const check = {
      name: time === 1 ? name : `${name}_${time}`,
      column: column?.name ?? null,
      promise: rule.description ?? promise,
      dimension: rule.dimension ?? dimension,
      severity: isUnknown ? ('warning' as const) : rule.severity,
      shows,
      measure,
    };
    findings.push(findingOf(check, { rows: place.version.rows, found: Number.NaN, extreme: null, ...measurement }, examples));
  }
  return findings;
}
