import type { Column } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { DataSet } from '../data-sets/data-set.ts';
import { alarmsBeyond, classesOf, parentName, rhythmOf } from './beyond-rows.ts';
import type { Detector } from './detector.ts';
import { alarmsOf, contractOf, measureFile } from './measure-file.ts';

/** A data contract that says what a person who knows the data would, as far as there is a check for it. */
export const declaredContract: Detector = {
  name: 'declared contract',
  learn: async ({ whole: { file }, versions }, { dataSet, engine }) => {
    const time = dataSet.roles.time?.[0] ?? null;
    const { columns, rows: all } = await measureFile(engine, file, { contract: null, time });
    const [partition] = dataSet.roles.partition ?? [];
    const rhythm = time === null ? null : await rhythmOf(engine, file, time);
    const classes = partition === undefined ? [] : await classesOf(engine, file, partition);
    const usual = classes.map(({ value, rows }) => ({ value, rows: rows / versions.length }));
    const known = { columns, rows: all / versions.length, usual, rhythm };
    const contract = contractOf(JSON.stringify(contractDocument(dataSet, known)));
    // the version is read when the next one is due
    const now = rhythm === null ? 0 : rhythm.newest + (dataSet.versions.by === 'days' ? dayMs : 0);
    return {
      judge: async (version) => [
        ...(await alarmsOf(engine, version.file, contract, time)),
        ...(await alarmsBeyond(engine, version, { contract, now })),
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

const dayMs = 86_400_000;

/** What the person knows of earlier versions. */
interface Known {
  readonly columns: readonly Column[];
  /** Of a version. */
  readonly rows: number;
  /** Rows of a version by class of the column that divides them. */
  readonly usual: readonly { readonly value: string; readonly rows: number }[];
  readonly rhythm: { readonly newest: number; readonly gap: number } | null;
}

function contractDocument(dataSet: DataSet, known: Known): object {
  const { columns, rows } = known;
  const { roles } = dataSet;
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: 'planted',
    version: '1.0.0',
    status: 'active',
    schema: [
      {
        name: 'planted',
        quality: [
          { name: 'volume', metric: 'rowCount', mustBeBetween: [rows / 2, rows * 2] },
          ...sqlRule(
            'ordered',
            roles.ordered,
            ([low = '', high = '']) => `count(*) FILTER (WHERE ${quoteName(low)} > ${quoteName(high)}) FROM {object}`,
          ),
          ...sqlRule(
            'increasing',
            roles.increasing,
            ([column = '']) =>
              `count(*) FILTER (WHERE v < before) FROM (SELECT ${quoteName(column)} AS v, lag(${quoteName(column)}) OVER () AS before FROM {object})`,
          ),
          ...otherTable(dataSet),
          ...sqlRule('future', roles.time, ([column = '']) => `count(*) FILTER (WHERE ${quoteName(column)} > now()) FROM {object}`),
        ],
        properties: columns.map((column) => propertyOf(column, dataSet, known)),
      },
    ],
  };
}

/** That rows name one of the other table, and that totals there are those of the rows here. */
function otherTable({ roles, promises = {} }: DataSet): readonly object[] {
  const [own, theirs, total] = [roles.foreign, roles.parentKey, roles.parentTotal];
  if (own === undefined || theirs === undefined) return [];
  const key = { columns: own, dataset: parentName, references: theirs };
  return [
    ownCheck('parent', { check: 'foreignKey', ...key }),
    ...(total === undefined || promises.totalOf === undefined
      ? []
      : [ownCheck('totals', { check: 'reconciles', ...key, amount: promises.totalOf, against: total[0] })]),
  ];
}

/** That every usual class comes, with a third of its usual rows at least; and that events are as new as the longest pause allows. */
function expected(name: string, { roles }: DataSet, { usual, rhythm }: Known): readonly object[] {
  const often = roles.partition?.[0] === name ? usual.filter(({ rows }) => rows >= 30) : [];
  return [
    ...often.map(({ value, rows }, index) =>
      ownCheck(`class_${index}`, { check: 'valuesWithFewRows', values: [value], min: Math.floor(rows / 3), mustBe: 0 }),
    ),
    ...(rhythm === null || roles.time?.[0] !== name
      ? []
      : [ownCheck('fresh', { check: 'notOlderThan', age: `${Math.ceil((3 * rhythm.gap + dayMs) / 1000)}s` })]),
  ];
}

function ownCheck(id: string, implementation: object): object {
  return { id, type: 'custom', engine: 'tidegate', implementation };
}

function propertyOf({ name, type }: Column, dataSet: DataSet, known: Known): object {
  const { roles, promises = {} } = dataSet;
  const quality = expected(name, dataSet, known);

  const has = (role: keyof DataSet['roles']): boolean => roles[role]?.includes(name) ?? false;
  const [pattern, longest, bounds] = [promises.pattern?.[name], promises.longest?.[name], promises.bounds?.[name]];
  const options = {
    ...(pattern !== undefined && { pattern }),
    ...(longest !== undefined && { minLength: 1, maxLength: longest }),
    ...(bounds === undefined ? has('positive') && { minimum: 0 } : { minimum: bounds[0], maximum: bounds[1] }),
  };
  return {
    name,
    logicalType: type,
    ...(quality.length > 0 && { quality }),
    ...(has('required') && { required: true }),
    ...(has('unique') && { unique: true }),
    ...(has('key') && { primaryKey: true, primaryKeyPosition: (roles.key?.indexOf(name) ?? 0) + 1 }),
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
  };
}

function sqlRule(name: string, columns: readonly string[] | undefined, select: (columns: readonly string[]) => string): readonly object[] {
  return columns === undefined ? [] : [{ name, type: 'sql', query: `SELECT ${select(columns)}`, mustBe: 0 }];
}
