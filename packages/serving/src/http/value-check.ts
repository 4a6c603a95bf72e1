import type { LogicalType } from '@tidegate/formats';
import type { TensorKind } from '../model/tensor.ts';
import { nameOf } from './json-body.ts';
import type { Mistake } from './mistakes.ts';

/** What one value of a request must be. */
export interface ValueRule {
  readonly type: LogicalType;
  /** The model's own type where the value goes into the model: it may have a smaller range. */
  readonly kind: TensorKind | null;
  readonly nullable: boolean;
}

/** Whether a value keeps the rule; made once for each column, called for each value. */
export type ValueCheck = (value: unknown) => boolean;

const largestFloat = 3.4028234663852886e38;
const largestInt = Number.MAX_SAFE_INTEGER;
const dateForm = /^\d{4}-\d{2}-\d{2}$/;

export function valueCheck(rule: ValueRule): ValueCheck {
  const check = checkOf(rule);
  return rule.nullable ? (value) => value === null || check(value) : check;
}

function checkOf(rule: ValueRule): ValueCheck {
  const { least, most } = rangeOf(rule);
  switch (rule.type) {
    case 'number':
      if (wantsWhole(rule)) return (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
      return (value) => typeof value === 'number' && value >= least && value <= most;
    case 'integer':
      return (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'date':
      return (value) => typeof value === 'string' && dateForm.test(value);
    default:
      return (value) => typeof value === 'string';
  }
}

function wantsWhole({ type, kind }: ValueRule): boolean {
  return type === 'integer' || (type === 'number' && (kind === 'int64' || kind === 'int32'));
}

function rangeOf(rule: ValueRule): { readonly least: number; readonly most: number } {
  if (rule.kind === 'int32') return { least: -2147483648, most: 2147483647 };
  if (wantsWhole(rule)) return { least: -largestInt, most: largestInt };
  const most = rule.kind === 'float32' ? largestFloat : Number.MAX_VALUE;
  return { least: -most, most };
}

/** Where a value stands and how it is named: `at` as a path, `owner` in words, e.g. `row 3`. */
export interface ValuePlace {
  readonly at: string;
  readonly owner: string;
  readonly name: string;
}

/** What is wrong with a value that breaks the rule: TG-SERVING-NULL, TG-SERVING-TYPE or TG-SERVING-RANGE. */
export function valueMistake(rule: ValueRule, value: unknown, { at, owner, name }: ValuePlace): Mistake {
  if (value === null) {
    const hint = `Send a value: the model takes "${name}" as ${rule.kind ?? rule.type}, which has none for missing`;
    return { at, code: 'TG-SERVING-NULL', message: `Cannot use ${owner}: "${name}" may not be null`, hint };
  }
  const { least, most } = rangeOf(rule);
  const numeric = rule.type === 'number' || rule.type === 'integer';
  if (numeric && typeof value === 'number' && !(value >= least && value <= most)) {
    const message = `Cannot use ${owner}: "${name}" must be between ${least} and ${most}: found ${value}`;
    return { at, code: 'TG-SERVING-RANGE', message, hint: 'Send a number inside this range' };
  }
  const wanted = wantedOf(rule);
  const message = `Cannot use ${owner}: "${name}" must be ${wanted}: found ${nameOf(value)}`;
  return { at, code: 'TG-SERVING-TYPE', message, hint: `Send ${wanted}${rule.nullable ? ', or null when it is not known' : ''}` };
}

function wantedOf(rule: ValueRule): string {
  if (wantsWhole(rule)) return 'a whole number';
  if (rule.type === 'number') return 'a number';
  if (rule.type === 'boolean') return 'true or false';
  return rule.type === 'date' ? 'a date like "2013-09-01"' : 'a text';
}
