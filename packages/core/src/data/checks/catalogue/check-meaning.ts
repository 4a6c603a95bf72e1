import { unreachable } from '@tidegate/formats';
import { checkSignatures, type CheckSignature } from '../../contract/check-signatures.ts';
import { type Dimension, type Limit, noRows, type Rule, type RuleBody } from '../../contract/data-contract.ts';
import { textsAt, textAt } from '../../contract/check-arguments.ts';
import type { Measure, ShownColumn } from '../check.ts';
import type { ColumnTarget } from '../column-target.ts';
import { limitInWords } from '../limit.ts';
import type { Built, ColumnBuilder, ObjectBuilder, Surroundings } from './built.ts';
import { expectedChecks } from './expected-checks.ts';
import { objectChecks } from './object-checks.ts';
import { orderChecks } from './order-checks.ts';
import { summaryChecks } from './summary-checks.ts';
import { textChecks } from './text-checks.ts';
import { valueChecks } from './value-checks.ts';

type CheckBody = Extract<RuleBody, { readonly kind: 'check' }>;

/** What a check of the catalogue promises and how that is measured. */
export interface CheckMeaning {
  readonly promise: string;
  readonly dimension: Dimension;
  readonly measure: Measure;
  readonly shows: readonly ShownColumn[];
}

export interface CheckPlace {
  /** Null for a check of the object. */
  readonly target: ColumnTarget | null;
  /** Columns that are there, by name. */
  readonly columns: ReadonlyMap<string, ColumnTarget>;
  readonly all: readonly ShownColumn[];
}

/** A check of the catalogue on the columns that are there; one that its columns do not allow fails and says why. */
export function checkMeaning(rule: Rule, body: CheckBody, place: CheckPlace): CheckMeaning {
  const wrong = notMeasurable(body, place);
  if (wrong !== null) {
    const name = place.target === null ? body.check : `${place.target.name}: ${body.check}`;
    return known({ promise: rule.description ?? name, dimension: 'conformity', holds: false, finding: `it cannot be measured, ${wrong}` });
  }
  const built = build(body, place);
  const says = promiseOf(built, body.limit, place.target);
  const promise = rule.description ?? says;
  const { dimension } = built;
  const { limit } = body;
  switch (built.kind) {
    case 'rows': {
      const { bad, words, window, shows } = built;
      return {
        promise,
        dimension,
        shows,
        measure: { kind: 'rows', bad, limit, extreme: null, words, ...(window !== undefined && { window }) },
      };
    }
    case 'number': {
      const { aggregate, unit, isHidden } = built;
      return { promise, dimension, shows: [], measure: { kind: 'number', aggregate, limit, unit, isHidden } };
    }
    case 'groups': {
      const { columns, aggregate, bad, words } = built;
      return { promise, dimension, shows: columns, measure: { kind: 'groups', columns, aggregate, bad, limit, words } };
    }
    case 'query': {
      const path = [...rule.path, 'implementation', built.argument];
      return { promise, dimension, shows: [], measure: { kind: 'query', query: built.query, limit, path, words: built.words } };
    }
    case 'known':
      return known({ promise, dimension, holds: built.holds, finding: built.finding });
    default:
      return unreachable(built);
  }
}

function known({
  promise,
  dimension,
  holds,
  finding,
}: {
  readonly promise: string;
  readonly dimension: Dimension;
  readonly holds: boolean;
  readonly finding: string;
}): CheckMeaning {
  return { promise, dimension, shows: [], measure: { kind: 'known', verdict: holds ? 'pass' : 'fail', measured: holds, finding } };
}

function promiseOf(built: Built, limit: Limit, target: ColumnTarget | null): string {
  if (built.kind === 'number')
    return `${built.what} is ${limitInWords({ ...limit, unit: 'rows' })}${built.unit === 'percent' ? ' percent' : ''}`;
  const says = target === null ? built.says : `${target.name} ${built.says}`;
  const isNone = limit.operator === noRows.operator && limit.values[0] === noRows.values[0];
  return isNone || built.kind === 'known'
    ? says
    : `${says}; ${built.kind === 'groups' ? 'groups' : 'rows'} that break it are ${limitInWords(limit)}`;
}

/** Why a check cannot be measured: a column is missing, or of a type that it is not for. */
function notMeasurable({ check, given }: CheckBody, { target, columns }: CheckPlace): string | null {
  const { needs, takes, of }: CheckSignature = checkSignatures[check];
  if (target !== null && of !== null && !of.includes(target.type))
    return `${target.name} is ${target.type}, and the check is of ${of.join(', ')}`;
  for (const [name, kind] of Object.entries({ ...needs, ...takes })) {
    const named = kind === 'column' ? [textAt(given, name)] : kind === 'columns' ? textsAt(given, name) : [];
    const absent = given[name] === undefined ? [] : named.filter((one) => !columns.has(one));
    if (absent.length > 0) return `${absent.join(', ')} is missing`;
  }
  return null;
}

const columnBuilders: { readonly [check: string]: ColumnBuilder } = {
  ...textChecks,
  ...valueChecks,
  ...orderChecks,
  ...summaryChecks,
  ...expectedChecks,
};
const objectBuilders: { readonly [check: string]: ObjectBuilder } = objectChecks;

function build({ check, given }: CheckBody, { target, columns, all }: CheckPlace): Built {
  const named = (name: string): ColumnTarget => {
    const found = columns.get(name);
    if (found === undefined) throw new Error(`Cannot find the column "${name}"; please report this`);
    return found;
  };
  const surroundings: Surroundings = {
    given,
    all,
    column: (name) => named(textAt(given, name)),
    columns: (argument) => textsAt(given, argument).map(named),
  };
  const ofColumn = columnBuilders[check];
  if (target !== null && ofColumn !== undefined) return ofColumn(target, surroundings);
  const ofObject = objectBuilders[check];
  if (target === null && ofObject !== undefined) return ofObject(surroundings);
  throw new Error(`Cannot build the check "${check}"; please report this`);
}

/** Names of all checks that can be built, for the test that none is promised only. */
export const builtChecks: readonly string[] = [...Object.keys(columnBuilders), ...Object.keys(objectBuilders)];
