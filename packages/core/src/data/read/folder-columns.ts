import { type Column, failure, type LogicalType } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import { folderNames } from '../../config/index.ts';
import { logicalTypeOf } from './column-type.ts';
import type { FileSchema } from './file-schema.ts';

/** What a name of a folder can be as a value, the most special type first. */
const types = ['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN', 'VARCHAR'] as const;
type FolderType = (typeof types)[number];

const fits: { readonly [T in FolderType]: (text: string) => boolean } = {
  BIGINT: (text) => /^-?\d{1,18}$/.test(text),
  DOUBLE: (text) => /^-?\d{1,18}(\.\d+)?$/.test(text),
  DATE: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
  TIMESTAMP: (text) =>
    /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(text) && isDay(text.slice(0, 10)) && isTime(text.slice(11)),
  BOOLEAN: (text) => /^(true|false)$/i.test(text),
  VARCHAR: () => true,
};

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const found = new Date(Date.UTC(2000 + (year % 400), month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

function isTime(text: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return hours < 24 && minutes < 60 && seconds < 60;
}

const declaredTypes: { readonly [L in LogicalType]?: FolderType } = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
};

/**
 * Columns that folders such as `day=2026-01-02` give the rows of all files in them: those that every file has above it and that no file has itself. A column has the
 * type that `declared` says, or else the most special one that all names have; text that says `true` stays text.
 *
 * @throws TG-DATA-COLUMN-TWICE when only some of the files have the column themselves, and their folders say it as well
 */
export function folderColumns(
  schemas: readonly FileSchema[],
  { declared, mayGive }: { readonly declared: ReadonlyMap<string, LogicalType>; readonly mayGive: (name: string) => boolean },
): readonly Column[] {
  const folders = schemas.map(({ file: { path } }) => valuesAt(path));
  const names = [...(folders[0]?.values() ?? [])]
    .map(({ name }) => name)
    .filter((name) => mayGive(name) && folders.every((one) => one.has(name.toLowerCase())));
  return names.flatMap((name): readonly Column[] => {
    const having = schemas.filter((schema) => hasColumn(schema, name));
    if (having.length === schemas.length) return [];
    const [own] = having;
    if (own !== undefined) throw twice(name, own.file.path);
    const found = folders.flatMap((one) => one.get(name.toLowerCase())?.value ?? []);
    const wanted = declaredTypes[declared.get(name) ?? 'object'];
    const physicalType =
      wanted ??
      types.find((type) => type !== 'BOOLEAN' && (type === 'VARCHAR' || (found.length > 0 && found.every(fits[type])))) ??
      'VARCHAR';
    return [{ name, type: logicalTypeOf(physicalType), physicalType, folder: true }];
  });
}

/** SQL of the value that the folders above a file give it in a column. @throws TG-DATA-PARTITION when they give none, or one of another type */
export function folderValue(path: string, { name, physicalType }: Pick<Column, 'name' | 'physicalType'>): string {
  const found = valuesAt(path).get(name.toLowerCase());
  if (found === undefined) throw wrong(path, `it lies in no folder "${name}=…"`, `Move it into one, as the other files of the dataset`);
  if (found.value === null) return `CAST(NULL AS ${physicalType})`;
  const type = types.find((one) => one === physicalType);
  if (type === undefined || !fits[type](found.value))
    throw wrong(
      path,
      `"${found.value}" is no ${physicalType}, as the column "${name}" is`,
      `Rename the folder, or declare "${name}" as a string in the data contract`,
    );
  return `CAST(${quoteText(found.value)} AS ${physicalType})`;
}

/** By the name in small letters; of two folders of one name the inner one counts. */
function valuesAt(path: string): ReadonlyMap<string, { readonly name: string; readonly value: string | null }> {
  return new Map(folderNames(path).map((folder) => [folder.name.toLowerCase(), folder]));
}

function hasColumn({ columns }: FileSchema, name: string): boolean {
  return columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}

function twice(name: string, path: string): Error {
  return failure(
    'TG-DATA-COLUMN-TWICE',
    `Cannot read the column "${name}": "${path}" has it, while other files have it in the names of their folders`,
    `Write "${name}" into all files of the dataset, or into none`,
  );
}

function wrong(path: string, found: string, hint: string): Error {
  return failure('TG-DATA-PARTITION', `Cannot read "${path}": ${found}`, hint);
}
