import type { CheckName, CheckSignature } from '../contract/check-signatures.ts';
import { checkSignatures } from '../contract/check-signatures.ts';
import { textAt } from '../contract/check-arguments.ts';
import { type ContractColumn, type DataContract, noRows, type Relationship, type Rule, type RuleBody } from '../contract/data-contract.ts';

/** A rule whose check looks beyond the rows of one version, or asks Python. */
export interface FurtherRule {
  readonly rule: Rule;
  readonly body: Extract<RuleBody, { readonly kind: 'check' }>;
  /** Null for a rule of the object. */
  readonly column: ContractColumn | null;
}

export function isFurtherCheck(check: CheckName): boolean {
  const signature: CheckSignature = checkSignatures[check];
  return signature.isFurther === true;
}

/** Whether a rule is none of those that the scan of the rows measures. */
export function isFurtherRule({ body }: Rule): boolean {
  return body.kind === 'check' && isFurtherCheck(body.check);
}

/**
 * The rules of a data contract that are judged in `checks.NAME`: those of columns, then those of the object, then its relationships to datasets of the
 * project. A relationship to anything else says how documents belong together, and is no check.
 */
export function furtherRules(contract: DataContract, datasets: ReadonlySet<string>): readonly FurtherRule[] {
  const of = (rules: readonly Rule[], column: ContractColumn | null): readonly FurtherRule[] =>
    rules.flatMap((rule) => (rule.body.kind === 'check' && isFurtherCheck(rule.body.check) ? [{ rule, body: rule.body, column }] : []));
  return [
    ...contract.columns.flatMap((column) => of(column.rules, column)),
    ...of(contract.rules, null),
    ...contract.relationships.flatMap((relationship) => foreignKeyRule(relationship, datasets)),
  ];
}

function foreignKeyRule({ columns, to, path }: Relationship, datasets: ReadonlySet<string>): readonly FurtherRule[] {
  const target = to.kind === 'object' ? { names: [to.object, to.physicalName ?? ''], columns: to.columns } : targetByName(to.references);
  const dataset = target?.names.find((name) => datasets.has(name));
  if (target === null || dataset === undefined || [...columns, ...target.columns].some((column) => column.includes('.'))) return [];
  const body = { kind: 'check', check: 'foreignKey', given: { columns, dataset, references: target.columns }, limit: noRows } as const;
  return [{ rule: { name: null, description: null, dimension: null, severity: 'error', body, path }, body, column: null }];
}

/** `dataset.column`, of one dataset throughout; null for references of another form. */
function targetByName(references: readonly string[]): { readonly names: readonly string[]; readonly columns: readonly string[] } | null {
  const parts = references.map((reference) => /^([^./#]+)\.([^./#]+)$/.exec(reference));
  const [name = ''] = parts.map((part) => part?.[1] ?? '');
  return name !== '' && parts.every((part) => part?.[1] === name) ? { names: [name], columns: parts.map((part) => part?.[2] ?? '') } : null;
}

/** What further rules read besides the version itself. */
export interface FurtherReads {
  /** Names of other datasets, sorted by where they first stand; the dataset itself may be among them. */
  readonly datasets: readonly string[];
  /** How many former versions are looked back at. */
  readonly former: number;
  /** Names of versions, other than the former one. */
  readonly versions: readonly string[];
  /** Files of Python functions. */
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
    files: [...new Set(texts('function').map((place) => place.slice(0, place.lastIndexOf(':'))))],
  };
}

/** What `version:` names when it names none: the one before. */
export const formerVersion = 'former';

/** How many former versions a rule looks at. */
export function formerLookedAt({ body: { check, given } }: FurtherRule): number {
  if (check === 'rowCountChange') return typeof given['versions'] === 'number' ? Math.max(1, given['versions']) : 1;
  return check === 'distanceFrom' && ['', formerVersion].includes(textAt(given, 'version')) ? 1 : 0;
}
