import type { Json } from '@tidegate/formats';
import { assemble, type Part } from '../assemble.ts';
import { type ImportedContract, nearly, notTaken, type RuleText, type Taken } from '../foreign-rules.ts';
import { type Expectation, nameOf, readSuite } from './expectation.ts';
import { nullExpectations } from './null-expectations.ts';
import { numberExpectations } from './number-expectations.ts';
import { withOrigin } from './origin.ts';
import { tableExpectations } from './table-expectations.ts';
import { typeExpectations } from './type-expectations.ts';
import { valueExpectations } from './value-expectations.ts';

/**
 * A suite of Great Expectations 1 or 0.18, as its JSON is read, as a data contract for a dataset. What our rules find on the same rows is
 * what the tool finds in memory (pandas); where databases differ from that, ours go with pandas.
 * @returns null when the document is no suite
 */
export function importSuite(document: Json, dataset: string): ImportedContract | null {
  const suite = readSuite(document);
  if (suite === null) return null;
  const parts = suite.expectations.map((expectation): Part => ({ what: nameOf(expectation), taken: takenOf(expectation) }));
  return assemble({ id: dataset, description: suite.notes, objects: [{ name: dataset, parts }], notTaken: [] });
}

const columnExpectations = { ...valueExpectations, ...numberExpectations, ...nullExpectations, ...typeExpectations };

const unknownReasons: { readonly [type: string]: string } = {
  expect_column_values_to_be_increasing: 'rows of a dataset have no order of their own: write the check "increasing" with "orderBy"',
  expect_column_values_to_be_decreasing: 'rows of a dataset have no order of their own: write the check "decreasing" with "orderBy"',
  expect_column_kl_divergence_to_be_less_than: 'distributions are compared by drift, with thresholds that follow from the number of rows',
  expect_table_row_count_to_equal_other_table: 'a data contract sees one dataset',
  expect_query_results_to_match_comparison: 'a data contract sees one dataset',
  expect_column_values_to_be_dateutil_parseable: 'what dateutil takes for a date has no definition: write the check "isDate" with a format',
};

/** What comes of one expectation. */
export function takenOf(expectation: Expectation): readonly Taken[] {
  const { type, column, hasUnknownWhere } = expectation;
  if (hasUnknownWhere) return [notTaken(column, 'its row_condition cannot be read as SQL')];
  const ofTable = Object.hasOwn(tableExpectations, type) ? tableExpectations[type] : undefined;
  const ofColumn = Object.hasOwn(columnExpectations, type) ? columnExpectations[type] : undefined;
  if (ofTable !== undefined) return ofTable(expectation).map((taken) => withManner(taken, expectation));
  if (ofColumn === undefined) return [notTaken(column, unknownReasons[type] ?? 'no check of Tidegate says it')];
  if (column === null) return [notTaken(null, 'it names no column')];
  const taken = ofColumn(expectation, column).map((one) => withManner(one, expectation));
  const hasProperties = taken.some(({ kind }) => kind === 'property');
  return hasProperties && expectation.severity !== null && taken.every(({ kind }) => kind === 'property')
    ? [...taken, nearly(column, `its severity "${expectation.severity}" is lost: the standard has none for types and presence`)]
    : taken;
}

/** Severity and words of the expectation on its rules. */
function withManner(taken: Taken, expectation: Expectation): Taken {
  const { severity, description } = expectation;
  if (taken.kind !== 'rule') return taken;
  const rule: RuleText = {
    ...(description !== null && { description }),
    ...withOrigin(taken.rule, expectation),
    ...(severity !== null && { severity }),
  };
  return { ...taken, rule };
}
