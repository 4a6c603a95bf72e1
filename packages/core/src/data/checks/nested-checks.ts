import type { LogicalType } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import { type ContractColumn, noRows } from '../contract/data-contract.ts';
import { measuredValue, type MeasuredColumn } from '../profile/measured-rows.ts';
import { logicalTypeOf } from '../read/column-type.ts';
import { absentColumn } from './absent-column.ts';
import type { Check, ItemList, ItemsMeasure, Measure } from './check.ts';
import { columnChecks } from './column-checks.ts';
import { type ColumnTarget, targetOf } from './column-target.ts';
import { nestedType } from './nested-type.ts';

/** A value that has others within it. */
interface Outer {
  readonly promised: ContractColumn;
  readonly measured: MeasuredColumn;
  /** The list whose items are looked at, from the outermost in; none where the value is one of a row. */
  readonly lists: readonly ItemList[];
}

type Targets = ReadonlyMap<string, ColumnTarget>;

/**
 * What a data contract promises of members of objects and of items of lists, as far as the column goes: `order.total.minimum`, `tags.items.pattern`, `lines.items.price.type`. A member
 * of an object that is not there is not judged. A row breaks a promise of items when one of them does; what is said of all values together is said of all items of all rows.
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
  const isJson = measured.column.physicalType === 'JSON';
  const nested = nestedType(measured.column.physicalType);
  const list =
    nested?.kind === 'items' ? { type: nested.item, sql: measured.sql } : { type: 'JSON', sql: `json_extract(${measured.sql}, '$[*]')` };
  const fields = nested?.kind === 'fields' ? nested.fields : null;
  return [
    ...(promised.items === null
      ? []
      : isJson || nested?.kind === 'items'
        ? itemChecks(outer, promised.items, { ...list, targets })
        : [unread(outer)]),
    ...(promised.members.length === 0 ? [] : isJson || fields !== null ? memberChecks(outer, fields, targets) : [unread(outer)]),
  ];
}

/** `fields` null: the value is JSON, which has whatever fields it has. */
function memberChecks(outer: Outer, fields: ReadonlyMap<string, string> | null, targets: Targets): readonly Check[] {
  const { promised, measured, lists } = outer;
  const isThere = fields === null ? `json_type(${measured.sql}) = 'OBJECT'` : `${measured.sql} IS NOT NULL`;
  const known = new Set(promised.members.map(({ name }) => name));
  const described = promised.members.flatMap((member): readonly Check[] => {
    const name = `${measured.column.name}.${member.name}`;
    const type = fields === null ? 'JSON' : fields.get(member.name);
    if (type === undefined) return [absentColumn(name)];
    const sql = fields === null ? jsonMember(measured.sql, member.name) : `struct_extract(${measured.sql}, ${quoteText(member.name)})`;
    const own = innerChecks({ ...member, name }, { type, sql, personal: measured.personal || member.personal, lists }, targets);
    return own.map((check) => where(check, isThere));
  });
  const others = [...(fields?.keys() ?? [])].filter((field) => !known.has(field));
  return [...described, ...others.map((field) => undeclared(`${measured.column.name}.${field}`, fields?.get(field) ?? ''))];
}

function itemChecks(
  outer: Outer,
  promised: ContractColumn,
  { type, sql, targets }: { readonly type: string; readonly sql: string; readonly targets: Targets },
): readonly Check[] {
  const { measured, lists } = outer;
  const item = `i${lists.length}`;
  const list = { sql, item };
  const own = innerChecks(
    { ...promised, name: `${measured.column.name}.items` },
    { type, sql: item, personal: measured.personal || promised.personal, lists: [...lists, list] },
    targets,
  );
  return own.map((check) => ofItems(check, list, outer));
}

interface Inner {
  /** As the engine writes it. */
  readonly type: string;
  readonly sql: string;
  readonly personal: boolean;
  readonly lists: readonly ItemList[];
}

function innerChecks(promised: ContractColumn, { type, sql: given, personal, lists }: Inner, targets: Targets): readonly Check[] {
  const sql = type === 'JSON' ? `(CASE WHEN json_type(${given}) <> 'NULL' THEN ${given} END)` : given;
  const wanted = promised.logicalType;
  const asItIs = (): readonly Check[] => checksOf({ promised, measured: valueOf(promised.name, type, { sql, personal }), lists }, targets);
  if (type !== 'JSON' || wanted === null || wanted === 'array' || wanted === 'object') return asItIs();
  const text = { ...promised, physicalType: 'text' };
  const checks = checksOf(
    { promised: text, measured: valueOf(promised.name, 'VARCHAR', { sql: jsonText(sql, wanted), personal }), lists },
    targets,
  );
  if (wanted !== 'string') return checks;
  const words = { one: 'is not', many: 'are not', instance: true };
  const measure = { kind: 'rows', bad: `json_type(${sql}) <> 'VARCHAR'`, limit: noRows, extreme: null, words } as const;
  return checks.map((check) => (check.name === `${promised.name}.type` ? { ...check, measure } : check));
}

/** By a JSON pointer (RFC 6901). */
function jsonMember(sql: string, name: string): string {
  return `json_extract(${sql}, ${quoteText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`;
}

/** The text of a JSON value, which is then read as its type. A text is no number and no truth value, so it keeps its quotes there. */
function jsonText(sql: string, wanted: LogicalType): string {
  const text = `json_extract_string(${sql}, '$')`;
  const isPlain = wanted === 'integer' || wanted === 'number' || wanted === 'boolean';
  return isPlain ? `CASE WHEN json_type(${sql}) = 'VARCHAR' THEN CAST(${sql} AS VARCHAR) ELSE ${text} END` : text;
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
  if (measure.kind !== 'rows') return check;
  const { count: _, ...others } = measure; // it would count where the object is not there as well
  return { ...check, measure: { ...others, bad: `${isThere} AND (${measure.bad})` } };
}

/** A row is bad when one of the items is. What counts values of all rows together counts items of all rows. */
function ofItems(check: Check, list: ItemList, { measured, lists }: Outer): Check {
  const { measure } = check;
  const { sql, item } = list;
  const shows = lists.length > 0 ? [] : [{ name: measured.column.name, sql: measured.sql, type: measured.column.type }];
  if (measure.kind === 'known') return { ...check, shows };
  if (measure.kind === 'items') return { ...check, measure: { ...measure, lists: [list, ...measure.lists] } };
  if (isOfItems(measure)) {
    const promise = check.promise.replace(/ percent of rows$/, ' percent of items');
    return { ...check, promise, shows: [], measure: { kind: 'items', lists: [list], of: measure } };
  }
  if (measure.kind !== 'rows' || measure.window !== undefined)
    return { ...check, severity: 'warning', shows: [], measure: notMeasured('items of lists have no order and are in no groups') };
  const bad = `coalesce(len(list_filter(${sql}, ${item} -> coalesce(${measure.bad}, false))), 0) > 0`;
  const words = { one: 'has an item that breaks it', many: 'have an item that breaks it', instance: true };
  return { ...check, shows, measure: { kind: 'rows', bad, limit: measure.limit, extreme: null, words } };
}

function isOfItems(measure: Measure): measure is ItemsMeasure {
  return measure.kind === 'repeats' || measure.kind === 'count' || measure.kind === 'number';
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

/** The data has no object or list there. */
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
