import type { Verdict } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import type { Finding } from '../../checks/finding.ts';
import type { DatasetTable } from '../../read/dataset-table.ts';
import type { DataContract } from '../data-contract.ts';
import { isNativeType, type NativeSystem } from './native-type.ts';

/** How a server keeps what it has: the types of a database by its own names, or those of Parquet files. */
export type ServerTypes =
  | { readonly kind: NativeSystem; readonly types: ReadonlyMap<string, string> }
  /** Of files that have types, which their table tells. */
  | { readonly kind: 'files' };

/** Whether a server keeps columns by the types that a data contract says (`physicalType`). Texts of CSV and JSON have none, and nothing is said of them. */
export async function physicalTypeFindings(
  engine: Engine,
  {
    contract,
    table,
    server,
    rows,
  }: { readonly contract: DataContract; readonly table: DatasetTable; readonly server: ServerTypes; readonly rows: number },
): Promise<readonly Finding[]> {
  if (server.kind === 'files' && table.format !== 'parquet') return [];
  const stored = server.kind === 'files' ? await storedTypes(engine, table) : new Map<string, string>();
  const findings: Finding[] = [];
  for (const { name, physicalType } of contract.columns) {
    const column = table.columns.find((one) => one.name === name);
    if (physicalType === null || column === undefined) continue;
    const found = server.kind === 'files' ? column.physicalType : (server.types.get(name) ?? null);
    if (found === null) continue;
    const verdict =
      server.kind === 'files'
        ? await ofParquet(engine, { promised: physicalType, found, stored: stored.get(name) ?? '' })
        : isNativeType(server.kind, physicalType, found)
          ? 'pass'
          : 'fail';
    findings.push(findingOf({ name, physicalType, found, verdict, rows }));
  }
  return findings;
}

/** The types that Parquet itself has for its columns, by their names: `INT64`. */
async function storedTypes(engine: Engine, { files: [first] }: DatasetTable): Promise<ReadonlyMap<string, string>> {
  if (first === undefined) return new Map();
  const rows = await engine.rows(`SELECT name, type FROM parquet_schema(${quoteText(first.object)}) WHERE type IS NOT NULL`);
  return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
}

/** What Parquet calls types that the engine has other names for. */
const ofParquetAlone: Readonly<Record<string, readonly string[]>> = {
  UTF8: ['VARCHAR'],
  BYTE_ARRAY: ['VARCHAR', 'BLOB'],
  INT96: ['TIMESTAMP'],
};

/** By the name of Parquet itself, or by one that the engine knows for the same. A name that neither knows says nothing. */
async function ofParquet(
  engine: Engine,
  { promised, found, stored }: { readonly promised: string; readonly found: string; readonly stored: string },
): Promise<Verdict> {
  const name = promised.toUpperCase().trim();
  if (name === stored.toUpperCase() || ofParquetAlone[name]?.includes(found) === true) return 'pass';
  const known = await engineType(engine, promised);
  if (known === null) return Object.hasOwn(ofParquetAlone, name) ? 'fail' : 'inconclusive';
  return known === found ? 'pass' : 'fail';
}

/** What the engine calls a type; null when it has none of that name. */
async function engineType(engine: Engine, name: string): Promise<string | null> {
  const plain = name.replace(/\[(\d+)\]$/, '($1)');
  if (!/^[A-Za-z_]\w*( [A-Za-z_]\w*)*( ?\(\d+(, ?\d+)?\))?(\[\])*$/.test(plain)) return null;
  const described = await engine.describe(`SELECT CAST(NULL AS ${plain}) AS t`).catch(() => []);
  return described[0]?.type ?? null;
}

function findingOf({
  name,
  physicalType,
  found,
  verdict,
  rows,
}: {
  readonly name: string;
  readonly physicalType: string;
  readonly found: string;
  readonly verdict: Verdict;
  readonly rows: number;
}): Finding {
  const promise = `${name} is kept as ${physicalType}`;
  const said = verdict === 'inconclusive' ? `not measured, Parquet has no type of that name; it is ${found}` : `it is ${found}`;
  return {
    result: {
      name: `${name}.physical_type`,
      column: name,
      promise,
      dimension: 'conformity',
      severity: verdict === 'inconclusive' ? 'warning' : 'error',
      verdict,
      failingRows: 0,
      rows,
      measured: { found },
      examples: [],
    },
    reason: `${promise}: ${said}`,
  };
}
