import type { LogicalType, shape } from '@tidegate/formats';
import type { YamlDocument } from '../../config/index.ts';
import type { Arguments } from './check-arguments.ts';
import type { CheckName } from './check-signatures.ts';
import type { Literal } from './literal.ts';

/** What Tidegate enforces of an Open Data Contract Standard (ODCS v3.1) document, for one dataset. */
export interface DataContract {
  /** For places of mistakes that only the engine finds. */
  readonly document: YamlDocument;
  readonly id: string;
  readonly version: string;
  /** Name of the object under `schema:` that describes the dataset. */
  readonly object: string;
  readonly columns: readonly ContractColumn[];
  /** Rules of the object as a whole. */
  readonly rules: readonly Rule[];
  /** Column with the event time (`tidegate.time`). */
  readonly time: string | null;
  /** First digits of the digest of the version that is promised (`tidegate.version`); null for any. */
  readonly pinned: string | null;
  /** Promises of `slaProperties` about the age of rows. */
  readonly serviceLevels: readonly ServiceLevel[];
  /** Foreign keys of the object and of its properties. */
  readonly relationships: readonly Relationship[];
}

export interface ContractColumn {
  /** `physicalName` of the property, or else its `name`. */
  readonly name: string;
  readonly logicalType: LogicalType | null;
  readonly physicalType: string | null;
  readonly required: boolean;
  readonly unique: boolean;
  /** Position in the primary key from 1; null when it is not part of it. */
  readonly keyPosition: number | null;
  readonly options: TypeOptions;
  readonly rules: readonly Rule[];
  /** The column with the time from which a value of this one is known (`tidegate.knownAt`). */
  readonly knownAt: string | null;
  /** Whether its values must not appear in records and reports (`tidegate.personal`), or those of a member or item. */
  readonly personal: boolean;
  /** How far, 0 to 1, what live services are asked with may be from what their models were trained on (`tidegate.skew`, or else `tidegate.drift`); null when nothing is said. */
  readonly allowedSkew: number | null;
  /** Properties of the objects that it holds. */
  readonly members: readonly ContractColumn[];
  /** What each item of the lists that it holds is; null when nothing is said. */
  readonly items: ContractColumn | null;
  readonly path: shape.Path;
}

/** `logicalTypeOptions`: bounds are numbers, or ISO 8601 texts for dates and times. */
export interface TypeOptions {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly exclusiveMinimum?: number | string;
  readonly exclusiveMaximum?: number | string;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** One entry of `quality:`. */
export interface Rule {
  /** `id`, or else `name`; null when it has neither. */
  readonly name: string | null;
  readonly description: string | null;
  readonly dimension: Dimension | null;
  readonly severity: 'error' | 'warning';
  readonly body: RuleBody;
  readonly path: shape.Path;
}

export type RuleBody =
  | { readonly kind: 'nullValues'; readonly limit: Limit }
  | { readonly kind: 'missingValues'; readonly missing: readonly Literal[]; readonly limit: Limit }
  | { readonly kind: 'invalidValues'; readonly valid: readonly Literal[] | null; readonly pattern: string | null; readonly limit: Limit }
  /** `columns` null: those of the property itself. */
  | { readonly kind: 'duplicateValues'; readonly columns: readonly string[] | null; readonly limit: Limit }
  | { readonly kind: 'rowCount'; readonly limit: Limit }
  | { readonly kind: 'sql'; readonly query: string; readonly limit: Limit }
  /** One of Tidegate's own checks. */
  | { readonly kind: 'check'; readonly check: CheckName; readonly given: Arguments; readonly limit: Limit }
  /** A rule for another tool, which Tidegate cannot measure. */
  | { readonly kind: 'custom'; readonly engine: string };

export const dimensions = ['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'] as const;
export type Dimension = (typeof dimensions)[number];

/** What a measured number must be. `mustBeBetween` excludes both ends (ODCS v3.1, "Valid Properties for Operator"). */
export interface Limit {
  readonly operator: Operator;
  /** Two numbers, the smaller first, for the two `…Between`. */
  readonly values: readonly [number] | readonly [number, number];
  readonly unit: 'rows' | 'percent';
}

export const operators = [
  'mustBe',
  'mustNotBe',
  'mustBeGreaterThan',
  'mustBeGreaterOrEqualTo',
  'mustBeLessThan',
  'mustBeLessOrEqualTo',
  'mustBeBetween',
  'mustNotBeBetween',
] as const;
export type Operator = (typeof operators)[number];

/** No row at all. */
export const noRows: Limit = { operator: 'mustBe', values: [0], unit: 'rows' };

/** Column → the column with the time from which its value in a row is known. */
export function knownAtOf(contract: DataContract): ReadonlyMap<string, string> {
  return new Map(contract.columns.flatMap(({ name, knownAt }) => (knownAt === null ? [] : [[name, knownAt] as const])));
}

/** Lengths in milliseconds; a month is 30 days and a year 365, as an SLA means them. */
export const unitMs = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
} as const;
export type Unit = keyof typeof unitMs;

/** A promise of `slaProperties` about the age of rows, which the data itself can keep or break. */
export interface ServiceLevel {
  /** `latency`: the newest row is at most so old (`freshness` too). `retention`: no row is older. */
  readonly property: 'latency' | 'retention';
  readonly column: string;
  /** As the document says it. */
  readonly value: number;
  readonly unit: Unit;
  readonly path: shape.Path;
}

/** A foreign key that the document promises of an object: every row's values stand together in a row of another object. */
export interface Relationship {
  /** Columns of the object; `a.b` is a member of a column that holds objects. */
  readonly columns: readonly string[];
  readonly to: RelationshipTarget;
  readonly path: shape.Path;
}

export type RelationshipTarget =
  | { readonly kind: 'object'; readonly object: string; readonly physicalName: string | null; readonly columns: readonly string[] }
  /** In another document, or an object that this one does not describe: the references as they are written. */
  | { readonly kind: 'elsewhere'; readonly references: readonly string[] };
