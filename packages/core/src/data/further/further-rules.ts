import type { CheckName, CheckSignature } from '../contract/check-signatures.ts';
import { checkSignatures } from '../contract/check-signatures.ts';
import { textAt, textsAt } from '../contract/check-arguments.ts';
import type { ContractColumn, DataContract, Rule } from '../contract/data-contract.ts';
import type { FurtherRule } from './further-rule.ts';
import { type RelationshipEnd, relationshipRules } from './relationship-rules.ts';
import { serviceLevelRules } from './service-level-rules.ts';

export function isFurtherCheck(check: CheckName): boolean {
  const signature: CheckSignature = checkSignatures[check];
  return signature.isFurther === true;
}

/** Whether a rule is none of those that the scan of the rows measures. */
export function isFurtherRule({ body }: Rule): boolean {
  return body.kind === 'check' && isFurtherCheck(body.check);
}

/** Everything of a data contract that is judged in `checks.NAME`: rules beyond the rows, relationships, which lead to `ends`, and service levels. */
export function furtherRules(contract: DataContract, ends: readonly RelationshipEnd[] = []): readonly FurtherRule[] {
  return [...rulesBeyondRows(contract, ends), ...serviceLevelRules(contract)];
}

/** The rules of columns and of the object that look beyond the rows, and relationships. */
export function rulesBeyondRows(contract: DataContract, ends: readonly RelationshipEnd[] = []): readonly FurtherRule[] {
  const of = (rules: readonly Rule[], column: ContractColumn | null): readonly FurtherRule[] =>
    rules.flatMap((rule) =>
      rule.body.kind === 'check' && isFurtherCheck(rule.body.check) ? [{ rule, body: rule.body, column, unjudged: null }] : [],
    );
  return [
    ...contract.columns.flatMap((column) => of(column.rules, column)),
    ...of(contract.rules, null),
    ...relationshipRules(contract, ends),
  ];
}

/** What further rules read besides the version itself. */
export interface FurtherReads {
  /** Names of other datasets, sorted by where they first stand; the dataset itself may be among them. */
  readonly datasets: readonly string[];
  /** How many former versions are looked back at. */
  readonly former: number;
  /** Names of versions, other than the former one. */
  readonly versions: readonly string[];
  /** Files of Python functions, and those that they use. */
  readonly files: readonly string[];
}

export function readsOf(rules: readonly FurtherRule[]): FurtherReads {
  const texts = (name: string): readonly string[] => [
    ...new Set(rules.flatMap(({ body: { given } }) => (textAt(given, name) === '' ? [] : [textAt(given, name)]))),
  ];
  return {
    datasets: texts('dataset'),
    former: Math.max(0, ...rules.map(formerLookedAt)),
    versions: texts('version').filter((version) => version !== formerVersion),
    files: [
      ...new Set([
        ...texts('function').map((place) => place.slice(0, place.lastIndexOf(':'))),
        ...rules.flatMap(({ body: { given } }) => textsAt(given, 'uses').map((file) => file.replace(/^(\.\/)+/, ''))),
      ]),
    ],
  };
}

/** What `version:` names when it names none: the one before. */
export const formerVersion = 'former';

/** How many former versions a rule looks at. */
export function formerLookedAt({ body: { check, given } }: FurtherRule): number {
  if (check === 'rowCountChange') return typeof given['versions'] === 'number' ? Math.max(1, given['versions']) : 1;
  return check === 'distanceFrom' && ['', formerVersion].includes(textAt(given, 'version')) ? 1 : 0;
}
