import type { Column } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { DataSet } from '../data-sets/data-set.ts';
import type { Detector } from './detector.ts';
import { alarmsOf, contractOf, measureFile } from './measure-file.ts';

/** A data contract that says what a person who knows the data would, as far as there is a check for it. */
export const declaredContract: Detector = {
  name: 'declared contract',
  learn: async ({ whole: { file }, versions }, { dataSet, engine }) => {
    const time = dataSet.roles.time?.[0] ?? null;
    const { columns, rows: all } = await measureFile(engine, file, { contract: null, time });
    const contract = contractOf(JSON.stringify(contractDocument(dataSet, { columns, rows: all / versions.length })));
    return { judge: (version) => alarmsOf(engine, version.file, contract, time), [Symbol.asyncDispose]: () => Promise.resolve() };
  },
};

function contractDocument(dataSet: DataSet, { columns, rows }: { readonly columns: readonly Column[]; readonly rows: number }): object {
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
          ...sqlRule('future', roles.time, ([column = '']) => `count(*) FILTER (WHERE ${quoteName(column)} > now()) FROM {object}`),
        ],
        properties: columns.map((column) => propertyOf(column, dataSet)),
      },
    ],
  };
}

function propertyOf({ name, type }: Column, { roles, promises = {} }: DataSet): object {
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
    ...(has('required') && { required: true }),
    ...(has('unique') && { unique: true }),
    ...(has('key') && { primaryKey: true, primaryKeyPosition: (roles.key?.indexOf(name) ?? 0) + 1 }),
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
  };
}

function sqlRule(name: string, columns: readonly string[] | undefined, select: (columns: readonly string[]) => string): readonly object[] {
  return columns === undefined ? [] : [{ name, type: 'sql', query: `SELECT ${select(columns)}`, mustBe: 0 }];
}
