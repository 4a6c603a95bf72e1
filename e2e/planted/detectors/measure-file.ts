import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type DatasetVersion, digestOfHex, type Diagnostic, type Result, TidegateError } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { DataContract } from '../../../packages/core/src/data/contract/data-contract.ts';
import { parseContract } from '../../../packages/core/src/data/contract/parse-contract.ts';
import { measureTable } from '../../../packages/core/src/data/measure-table.ts';
import { openTable } from '../../../packages/core/src/data/read/dataset-table.ts';
import { versionRecord } from '../../../packages/core/src/data/version-record.ts';
import type { Alarm } from './detector.ts';

const digest = digestOfHex('0'.repeat(64));
const { signal } = new AbortController();

/** A file as a dataset version, as a run makes it, but without a store. */
export async function measureFile(
  engine: Engine,
  file: string,
  { contract, time }: { readonly contract: DataContract | null; readonly time: string | null },
): Promise<DatasetVersion> {
  const bytes = statSync(file).size;
  const files = [{ path: basename(file), digest, bytes, object: file }];
  const table = await openTable(engine, { files, format: 'parquet', declared: new Map() });
  const measurement = await measureTable(engine, table, { dataset: 'planted', contract, time, signal });
  return versionRecord({ dataset: 'planted', files, table, measurement, tree: digest, contract, contractDigest: null, time });
}

export function contractOf(text: string): DataContract {
  const parsed: Result<DataContract, readonly Diagnostic[]> = parseContract({ file: 'planted.odcs.yaml', text, dataset: 'planted' });
  if (!parsed.ok) throw new Error(`Cannot read the contract: ${JSON.stringify(parsed.failure)}\n${text}`);
  return parsed.value;
}

/** What checks of a data contract say against a file; an error with a code of ours is said against it as well. */
export async function alarmsOf(engine: Engine, file: string, contract: DataContract, time: string | null): Promise<readonly Alarm[]> {
  try {
    const { checks } = await measureFile(engine, file, { contract, time });
    return checks.filter(({ verdict }) => verdict === 'fail').map(({ name, column }) => ({ name, column }));
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return [{ name: error.diagnostics[0].code, column: null }];
  }
}
