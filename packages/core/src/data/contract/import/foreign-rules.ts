import type { Json, LogicalType } from '@tidegate/formats';

/** One entry of `quality:` as ODCS v3.1 writes it. */
export type RuleText = { readonly [name: string]: Json };

/** What an operator says, and of what: `{ mustBe: 0 }`, `{ mustBeLessOrEqualTo: 5, unit: 'percent' }`. */
export type LimitText = { readonly [operator: string]: Json };

/** A property as ODCS v3.1 writes it, as far as other tools say anything of one. */
export interface ImportedProperty {
  readonly name: string;
  readonly businessName?: string;
  readonly logicalType?: LogicalType;
  readonly physicalType?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly primaryKey?: boolean;
  readonly primaryKeyPosition?: number;
  readonly logicalTypeOptions?: { readonly [option: string]: Json };
  readonly classification?: string;
  readonly tags?: readonly string[];
  readonly examples?: readonly Json[];
  readonly relationships?: readonly Json[];
  readonly quality?: readonly RuleText[];
}

/** One object under `schema:`. */
export interface ImportedObject {
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly properties: readonly ImportedProperty[];
  readonly relationships?: readonly Json[];
  readonly quality: readonly RuleText[];
}

/** Something of the foreign document that the data contract cannot promise; it is told, and stays in the document as a rule in words. */
export interface NotTaken {
  /** The column it is about; null for the table or the document. */
  readonly column: string | null;
  /** The object under `schema:` that it is about; null for the whole document. */
  readonly object: string | null;
  /** What it is, in the words of the tool it comes from. */
  readonly what: string;
  readonly why: string;
  /** Whether another rule stands in for it, which says nearly the same. */
  readonly isNearly: boolean;
}

/** What came of a foreign document. */
export interface ImportedContract {
  readonly id: string;
  readonly description: string | null;
  readonly objects: readonly ImportedObject[];
  readonly notTaken: readonly NotTaken[];
}

/** No row at all. */
export const none: LimitText = { mustBe: 0 };

export function libraryRule(metric: string, limit: LimitText, given?: { readonly [argument: string]: Json }): RuleText {
  return { metric, ...(given !== undefined && { arguments: given }), ...limit };
}

/** One of Tidegate's own checks; without a limit no row may break it. */
export function checkRule(check: string, given: { readonly [argument: string]: Json } = {}, limit: LimitText = {}): RuleText {
  return { type: 'custom', engine: 'tidegate', implementation: { check, ...given, ...limit } };
}

export function sqlRule(query: string, limit: LimitText): RuleText {
  return { type: 'sql', query, ...limit };
}

/** A rule in words, which nothing measures. */
export function wordsRule(description: string): RuleText {
  return { type: 'text', description };
}

/** A name in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value in SQL, which compares itself with columns of any type that it can be one of. */
export function sqlValue(value: Json): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : `${value.toExponential()}::DOUBLE`;
  if (typeof value === 'boolean') return String(value);
  if (value === null) return 'NULL';
  return `'${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
}

/** One thing that comes of a part of a foreign document. */
export type Taken =
  | { readonly kind: 'rule'; readonly column: string | null; readonly rule: RuleText }
  | { readonly kind: 'property'; readonly column: string; readonly members: Partial<ImportedProperty> }
  | { readonly kind: 'not'; readonly column: string | null; readonly why: string; readonly isNearly: boolean };

export function ruleOf(column: string | null, rule: RuleText): Taken {
  return { kind: 'rule', column, rule };
}

export function propertyOf(column: string, members: Partial<ImportedProperty> = {}): Taken {
  return { kind: 'property', column, members };
}

export function notTaken(column: string | null, why: string): Taken {
  return { kind: 'not', column, why, isNearly: false };
}

/** Taken over, but for a difference that is told. */
export function nearly(column: string | null, why: string): Taken {
  return { kind: 'not', column, why, isNearly: true };
}
