import { digestOfHex, invariant, type ProfilePart } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import { logicalTypeOf } from '../read/column-type.ts';
import { type DatasetTable, givenColumn } from '../read/dataset-table.ts';
import { fileColumn } from '../read/scan.ts';
import type { InTurn } from '../tables/side-by-side.ts';
import { hashOfEngine, measureParts } from './parts/measure-parts.ts';

/** Key of what is measured, as a table has keys of files. */
const rowsKey = 'rows';

/** The profile part of the rows of a query, which are no file of a dataset. @param sql a SELECT of Parquet or other rows whose cells are values */
export async function measureRows(hands: InTurn, sql: string): Promise<ProfilePart> {
  const columns = (await hands((engine) => engine.describe(sql))).map(({ name, type }) =>
    givenColumn({ name, type: logicalTypeOf(type), physicalType: type }),
  );
  const scanOf = (names: ReadonlySet<string>): string => {
    const some = columns.filter(({ name }) => names.has(name)).map(({ name }) => quoteName(name));
    return `SELECT ${[`${quoteText(rowsKey)} AS ${quoteName(fileColumn)}`, ...some].join(', ')} FROM (${sql})`;
  };
  const file = { path: rowsKey, digest: digestOfHex('0'.repeat(64)), bytes: 0, object: rowsKey };
  const table: DatasetTable = {
    format: 'parquet',
    files: [file],
    columns,
    scan: scanOf(new Set(columns.map(({ name }) => name))),
    scanOf,
    filesByKey: new Map([[rowsKey, file]]),
  };
  const hash = await hands(hashOfEngine);
  const part = (await measureParts(hands, { table, personal: new Set(), hash, files: [rowsKey] })).get(rowsKey);
  invariant(part !== undefined, 'A set that a model was trained on has rows');
  return part;
}
