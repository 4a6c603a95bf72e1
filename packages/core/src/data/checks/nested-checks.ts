import { quoteText } from '@tidegate/runtime';
import type { ContractColumn } from '../contract/data-contract.ts';
import { measuredValue, type MeasuredColumn } from '../profile/measured-rows.ts';
import { logicalTypeOf } from '../read/column-type.ts';
import type { Check, Measure } from './check.ts';
import { columnChecks } from './column-checks.ts';
import { type ColumnTarget, targetOf } from './column-target.ts';
import { nestedType } from './nested-type.ts';

/** A value that has others within it. */
interface Outer {
  readonly promised: ContractColumn;
  readonly measured: MeasuredColumn;
  /** The list whose items are looked at, from the outermost in; none where the value is one of a row. */
  readonly lists: readonly List[];
}

interface List {
  readonly sql: string;
  /** What an item of it is called in SQL. */
  readonly item: string;
}

type Targets = ReadonlyMap<string, ColumnTarget>;

/**
 * What a data contract promises of members of objects and of items of lists, as far as the column goes: `order.total.minimum`, `tags.items.pattern`, `lines.items.price.type`. A member
 * of an object that is not there is not judged. Of items only single values are judged: a row breaks the promise when one of them does.
 */
export function nestedChecks(promised: ContractColumn, measured: MeasuredColumn, targets: Targets): readonly Check[] {
  const checks = within({ promised, measured, lists: [] }, targets);
  if (!promised.personal) return checks;
  // whoever shows a column of persons by its name shows nothing of it
  const shown = { name: measured.column.name, sql: measured.sql, type: measured.column.type };
  return checks.map((check) => (check.shows.length === 0 ? check : { ...check, shows: [shown] }));
}

function within(outer: Outer, targets: Targets): readonly Check[] {
  const { promised, measured } = outer;
  if (promised.members.length === 0 && promised.items === null) return [];
  const nested = nestedType(measured.column.physicalType);
  const items =
    promised.items === null ? [] : nested?.kind === 'items' ? itemChecks(outer, nested.item, promised.items, targets) : [unread(outer)];
  if (promised.members.length === 0) return items;
  return [...items, ...(nested?.kind === 'fields' ? memberChecks(outer, nested.fields, targets) : [unread(outer)])];
}

function memberChecks(outer: Outer, fields: ReadonlyMap<string, string>, targets: Targets): readonly Check[] {
  const { promised, measured, lists } = outer;
  const isThere = `${measured.sql} IS NOT NULL`;
  const known = new Set(promised.members.map(({ name }) => name));
  const described = promised.members.flatMap((member): readonly Check[] => {
    const name = `${measured.column.name}.${member.name}`;
    const type = fields.get(member.name);
    if (type === undefined) return [absent(name)];
    const inner = valueOf(name, type, {
      sql: `struct_extract(${measured.sql}, ${quoteText(member.name)})`,
      personal: measured.personal || member.personal,
    });
    const own = checksOf({ promised: { ...member, name }, measured: inner, lists }, targets);
    return own.map((check) => where(check, isThere));
  });
  const others = [...fields.keys()].filter((field) => !known.has(field));
  return [...described, ...others.map((field) => undeclared(`${measured.column.name}.${field}`, fields.get(field) ?? ''))];
}

function itemChecks(outer: Outer, type: string, promised: ContractColumn, targets: Targets): readonly Check[] {
  const { measured, lists } = outer;
  const name = `${measured.column.name}.items`;
  const item = `i${lists.length}`;
  const inner = valueOf(name, type, { sql: item, personal: measured.personal || promised.personal });
  const own = checksOf({ promised: { ...promised, name }, measured: inner, lists: [...lists, { sql: measured.sql, item }] }, targets);
  return own.map((check) => ofItems(check, { sql: measured.sql, item }, outer));
}

/** The checks of a value within another one, and of what is within it in turn. */
function checksOf(outer: Outer, targets: Targets): readonly Check[] {
  const target = targetOf(outer.promised, outer.measured);
  return [...columnChecks(target, targets), ...within(outer, targets)];
}

function valueOf(name: string, physicalType: string, { sql, personal }: Pick<MeasuredColumn, 'sql' | 'personal'>): MeasuredColumn {
  const type = logicalTypeOf(physicalType);
  const column = { name, type, physicalType, cell: sql, value: sql, textType: null };
  const value = measuredValue(column);
  return { column, sql: value, finite: value, personal };
}

/** The check where the object is there. */
function where(check: Check, isThere: string): Check {
  const { measure } = check;
  return measure.kind === 'rows' ? { ...check, measure: { ...measure, bad: `${isThere} AND (${measure.bad})` } } : check;
}

/** A row is bad when one of the items is. What counts values of all rows together cannot be said of items. */
function ofItems(check: Check, { sql, item }: List, { measured, lists }: Outer): Check {
  const { measure } = check;
  const shows = lists.length > 0 ? [] : [{ name: measured.column.name, sql: measured.sql, type: measured.column.type }];
  if (measure.kind === 'known') return { ...check, shows };
  if (measure.kind !== 'rows' || measure.window !== undefined)
    return {
      ...check,
      severity: 'warning',
      shows: [],
      measure: notMeasured('it is of all values together, and of items only single values are judged'),
    };
  const bad = `coalesce(len(list_filter(${sql}, ${item} -> coalesce(${measure.bad}, false))), 0) > 0`;
  const words = { one: 'has an item that breaks it', many: 'have an item that breaks it', instance: true };
  return { ...check, shows, measure: { ...measure, bad, extreme: null, words } };
}

function absent(name: string): Check {
  return {
    name: `${name}.present`,
    column: name,
    promise: `${name} is there`,
    dimension: 'completeness',
    severity: 'error',
    shows: [],
    measure: { kind: 'known', verdict: 'fail', measured: false, finding: 'it is not, so that nothing else of it was measured' },
  };
}

function undeclared(name: string, physicalType: string): Check {
  const type = logicalTypeOf(physicalType);
  return {
    name: `${name}.declared`,
    column: name,
    promise: `${name} is in the data contract`,
    dimension: 'conformity',
    severity: 'warning',
    shows: [],
    measure: {
      kind: 'known',
      verdict: 'fail',
      measured: { found: type },
      finding: `it is not; the data has it as ${type} (${physicalType})`,
    },
  };
}

/** The data has no object or list there, or one whose members have no types, such as JSON. */
function unread({ measured: { column } }: Outer): Check {
  return {
    name: `${column.name}.within`,
    column: column.name,
    promise: `what is within ${column.name} is as described`,
    dimension: 'conformity',
    severity: 'warning',
    shows: [],
    measure: notMeasured(`it is ${column.physicalType}`),
  };
}

function notMeasured(why: string): Measure {
  return { kind: 'known', verdict: 'inconclusive', measured: null, finding: `not measured, ${why}` };
}
