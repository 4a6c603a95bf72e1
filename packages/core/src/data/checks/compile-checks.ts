import { type DataContract, noRows } from '../contract/data-contract.ts';
import type { MeasuredColumn } from '../profile/measured-rows.ts';
import { isFurtherRule } from '../further/further-rules.ts';
import { absentColumn } from './absent-column.ts';
import type { Check } from './check.ts';
import { columnChecks } from './column-checks.ts';
import { type ColumnTarget, targetOf, valuesOf } from './column-target.ts';
import { nestedChecks } from './nested-checks.ts';
import { ruleCheck } from './rule-checks.ts';
import { serviceLevelChecks } from './service-level-checks.ts';

/** Everything that a data contract promises of a table, and what `tidegate.yaml` does, as checks in the order of the contract. */
export function compileChecks({
  contract,
  columns,
  time,
  now = null,
}: {
  readonly contract: DataContract | null;
  readonly columns: readonly MeasuredColumn[];
  /** Column with the event time, if one is named. */
  readonly time: string | null;
  /** The moment against which service levels are judged; null or left out: they are not, since a version must not depend on it. */
  readonly now?: number | null;
}): readonly Check[] {
  const known = new Map(columns.map((column) => [column.column.name, column]));
  const times = time === null ? [] : [timeCheck(time, { name: 'time', says: 'the event time', known })];
  if (contract === null) return times;
  const promised = contract.columns.map((column) => {
    const measured = known.get(column.name);
    return { column, target: measured === undefined ? null : targetOf(column, measured) };
  });
  const targets = new Map(promised.flatMap(({ target }) => (target === null ? [] : [[target.name, target] as const])));
  const all = columns.map(({ column, sql }) => ({ name: column.name, sql, type: column.type }));
  return uniquelyNamed([
    ...promised.flatMap(({ column, target }) => {
      const measured = known.get(column.name);
      if (target === null || measured === undefined) return [missingColumn(column.name, known)];
      return [...columnChecks(target, targets), ...nestedChecks(column, measured, targets)];
    }),
    ...primaryKey(contract, targets),
    ...contract.rules
      .filter((rule) => !isFurtherRule(rule))
      .map((rule) => ruleCheck(rule, { prefix: '', target: null, columns: targets, all })),
    ...times,
    ...contract.columns.flatMap(({ name, knownAt }) =>
      knownAt === null ? [] : [timeCheck(knownAt, { name: `${name}.known_at`, says: `the time from which ${name} is known`, known })],
    ),
    ...(now === null ? [] : serviceLevelChecks(contract.serviceLevels, { columns: targets, now })),
    ...undeclared(contract, columns),
  ]);
}

function missingColumn(name: string, known: ReadonlyMap<string, MeasuredColumn>): Check {
  const twin = [...known.keys()].find((other) => other.toLowerCase() === name.toLowerCase());
  return twin === undefined ? absentColumn(name) : absentColumn(name, `it is not, but "${twin}" is`);
}

function primaryKey(contract: DataContract, targets: ReadonlyMap<string, ColumnTarget>): readonly Check[] {
  const names = keyColumns(contract);
  if (names.length === 0) return [];
  const found = names.flatMap((name) => targets.get(name) ?? []);
  if (found.length < names.length) return []; // that a column is missing is said by its own check
  const [first = '', ...others] = names;
  return [
    {
      name: 'primary_key',
      column: others.length === 0 ? first : null,
      promise: others.length === 0 ? `${first}, the primary key, is unique` : `${names.join(', ')}, the primary key, are unique together`,
      dimension: 'uniqueness',
      severity: 'error',
      shows: found.map(({ shown }) => shown),
      measure: { kind: 'repeats', columns: found.map(valuesOf), limit: noRows },
    },
  ];
}

/** Columns of the primary key in their order. */
export function keyColumns(contract: DataContract): readonly string[] {
  return contract.columns
    .filter(({ keyPosition }) => keyPosition !== null)
    .toSorted((a, b) => (a.keyPosition ?? 0) - (b.keyPosition ?? 0))
    .map(({ name }) => name);
}

function timeCheck(
  column: string,
  { name, says, known }: { readonly name: string; readonly says: string; readonly known: ReadonlyMap<string, MeasuredColumn> },
): Check {
  const found = known.get(column)?.column;
  const isTime = found !== undefined && (found.type === 'date' || found.type === 'timestamp');
  const finding = found === undefined ? 'it is not there' : `it is ${found.type} (${found.physicalType})`;
  return {
    name,
    column,
    promise: `${column}, ${says}, is a date or a timestamp`,
    dimension: 'conformity',
    severity: 'error',
    shows: [],
    measure: { kind: 'known', verdict: isTime ? 'pass' : 'fail', measured: { found: found?.type ?? null }, finding },
  };
}

/** Columns that the data contract does not describe; one without any promises nothing of columns. */
function undeclared(contract: DataContract, columns: readonly MeasuredColumn[]): readonly Check[] {
  if (contract.columns.length === 0) return [];
  const promised = new Set(contract.columns.map(({ name }) => name));
  return columns
    .filter(({ column }) => !promised.has(column.name))
    .map(({ column }) => ({
      name: `${column.name}.declared`,
      column: column.name,
      promise: `${column.name} is in the data contract`,
      dimension: 'conformity',
      severity: 'warning',
      shows: [],
      measure: {
        kind: 'known',
        verdict: 'fail',
        measured: { found: column.type },
        finding: `it is not; the data has it as ${column.type} (${column.physicalType})`,
      },
    }));
}

function uniquelyNamed(checks: readonly Check[]): readonly Check[] {
  const times = new Map<string, number>();
  return checks.map((check) => {
    const time = (times.get(check.name) ?? 0) + 1;
    times.set(check.name, time);
    return time === 1 ? check : { ...check, name: `${check.name}_${time}` };
  });
}
