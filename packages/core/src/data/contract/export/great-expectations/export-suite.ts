import { canonicalJson, type Json, type JsonObject } from '@tidegate/formats';
import type { ContractColumn, DataContract, Rule } from '../../data-contract.ts';
import { expectationOf } from '../../import/great-expectations/expectation.ts';
import { takenOf } from '../../import/great-expectations/import-suite.ts';
import { originIn } from '../../import/great-expectations/origin.ts';
import { descriptionOf, type Exported, type NotSaid, rawAt, ruleInShort } from '../exported.ts';
import { columnExpectations } from './column-expectations.ts';
import { columnRule, objectRule, type Said } from './rule-expectations.ts';

/**
 * A suite of Great Expectations 1. A rule that came from an expectation which only SQL can say becomes that expectation again, as long as nobody changed it.
 */
export function exportSuite(contract: DataContract): Exported {
  const notSaid: NotSaid[] = [];
  const expectations: JsonObject[] = [];
  const add = (said: readonly Said[], manner: JsonObject): void => {
    for (const { type, kwargs } of said) expectations.push({ type, kwargs, ...manner });
  };
  for (const column of contract.columns) {
    const description = descriptionOf(contract, column);
    const [exists, ...others] = columnExpectations(column, notSaid);
    if (exists !== undefined) add([exists], description === null ? {} : { meta: { notes: description } });
    add(others, {});
    for (const rule of column.rules) addRule(rule, column);
  }
  for (const said of keyExpectations(contract)) add([said], {});
  for (const rule of contract.rules) addRule(rule, null);
  const suite = { name: contract.object, expectations: withoutRepeats(expectations), meta: { great_expectations_version: '1.0.0' } };
  return { text: `${JSON.stringify(suite, null, 2)}\n`, notSaid };

  function addRule(rule: Rule, column: ContractColumn | null): void {
    const manner = mannerOf(rule);
    const origin = originOf(contract, rule);
    const said = origin === null ? (column === null ? objectRule(rule.body) : columnRule(rule.body, column)) : [origin];
    if (typeof said === 'string') notSaid.push({ column: column?.name ?? null, what: ruleInShort(rule), why: said });
    else add(said, manner);
  }
}

function mannerOf({ severity, description }: Rule): JsonObject {
  return { ...(severity === 'warning' && { severity: 'warning' }), ...(description !== null && { description }) };
}

/** The expectation that a rule was made of, when it would make the same rule today. */
function originOf(contract: DataContract, { path }: Rule): Said | null {
  const raw = rawAt(contract, path);
  const origin = originIn(raw);
  if (origin === null) return null;
  const same = (rule: JsonObject): string => {
    const { description: _, severity: __, customProperties: ___, id: ____, name: _____, ...meaning } = rule;
    return canonicalJson(meaning);
  };
  const isSame = takenOf(expectationOf(origin)).some((taken) => taken.kind === 'rule' && same(taken.rule) === same(raw));
  const { type, kwargs } = origin;
  return isSame && typeof type === 'string' && typeof kwargs === 'object' && kwargs !== null && !Array.isArray(kwargs)
    ? { type, kwargs: kwargs as JsonObject }
    : null;
}

function keyExpectations({ columns }: DataContract): readonly Said[] {
  const key = columns.filter(({ keyPosition }) => keyPosition !== null).map(({ name }) => name);
  const [only] = key;
  if (only === undefined) return [];
  return key.length === 1
    ? [{ type: 'expect_column_values_to_be_unique', kwargs: { column: only } }]
    : [{ type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: key, ignore_row_if: 'any_value_is_missing' } }];
}

/** Several rules may be made of one expectation, and it is written once. */
function withoutRepeats(expectations: readonly JsonObject[]): readonly Json[] {
  const seen = new Set<string>();
  return expectations.filter((one) => {
    const text = canonicalJson(one);
    return !seen.has(text) && seen.add(text);
  });
}
