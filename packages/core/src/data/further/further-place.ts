import type { CheckResult, Column, DatasetVersion, Verdict } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { Check, Measure } from '../checks/check.ts';
import type { Measurement } from '../checks/measurement.ts';
import type { Dimension } from '../contract/data-contract.ts';
import { familyOf } from '../profile/column-facts.ts';
import type { FurtherRule } from './further-rule.ts';
import type { PythonCheck } from './python-check.ts';

/** The rows of a dataset, for SQL. */
export interface Relation {
  /** As `tidegate.yaml` names it. */
  readonly dataset: string;
  /** What SQL reads its rows from. */
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Names of columns whose values must not be shown. */
  readonly personal: ReadonlySet<string>;
}

/** Everything that further checks of one version read. */
export interface FurtherPlace {
  readonly engine: Engine;
  readonly version: DatasetVersion;
  readonly own: Relation;
  /** Columns of the primary key in their order. */
  readonly keys: readonly string[];
  /** By name. */
  readonly others: ReadonlyMap<string, Relation>;
  /** Versions that the dataset had before this one, the newest first. */
  readonly former: readonly DatasetVersion[];
  /** By the name that the data contract gives; null for one that is nowhere at hand. */
  readonly versions: ReadonlyMap<string, DatasetVersion | null>;
  /** The moment of the reading, in milliseconds since 1970. */
  readonly now: number;
  /** Asks a Python function. */
  readonly askPython: PythonCheck;
}

/** What a further check came to. */
export interface Judged {
  /** What is promised, in words. */
  readonly promise: string;
  readonly dimension: Dimension;
  readonly measure: Measure;
  readonly measurement: Partial<Measurement>;
  readonly examples: CheckResult['examples'];
  readonly shows: Check['shows'];
}

export type Judge = (rule: FurtherRule, place: FurtherPlace) => Promise<Judged> | Judged;

/** What is known without a number. An inconclusive one stops nothing: nothing could be measured. */
export function known(
  promise: string,
  dimension: Dimension,
  { verdict, measured, finding }: { readonly verdict: Verdict; readonly measured: CheckResult['measured']; readonly finding: string },
): Judged {
  return { promise, dimension, measure: { kind: 'known', verdict, measured, finding }, measurement: {}, examples: [], shows: [] };
}

/** A check that its columns do not allow fails, and says why. */
export function notMeasurable(promise: string, dimension: Dimension, why: string): Judged {
  return known(promise, dimension, { verdict: 'fail', measured: null, finding: `it cannot be measured, ${why}` });
}

/** The columns of these names, or which of them is missing. */
export function columnsNamed({ columns, dataset }: Relation, names: readonly string[]): readonly Column[] | string {
  const found = names.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  const absent = names.filter((name) => !columns.some((column) => column.name === name));
  return absent.length > 0 ? `${dataset} has no column ${absent.join(', ')}` : found;
}

/** Pairs of columns that are compared with one another, or why they cannot be. */
export function pairsOf(
  own: Relation,
  names: readonly string[],
  other: Relation,
  otherNames: readonly string[],
): readonly (readonly [Column, Column])[] | string {
  const [here, there] = [columnsNamed(own, names), columnsNamed(other, otherNames)];
  if (typeof here === 'string') return here;
  if (typeof there === 'string') return there;
  if (here.length !== there.length) return `${here.length} columns cannot be compared with ${there.length}`;
  const pairs = here.flatMap((column, index) => (there[index] === undefined ? [] : [[column, there[index]] as const]));
  const unlike = pairs.find(([one, two]) => familyOf(one.type) !== familyOf(two.type));
  if (unlike === undefined) return pairs;
  return `${unlike[0].name} is ${unlike[0].type} and ${other.dataset}.${unlike[1].name} is ${unlike[1].type}`;
}
