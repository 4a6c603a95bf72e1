import { openEngine } from '@tidegate/runtime';
import type { DatasetVersion } from '@tidegate/formats';
import { readVersion } from '../read-version.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { type TestDataset, testDataset } from '../test-dataset.ts';
import { contractText } from './contract-text.ts';
import { inferContract } from './infer-contract.ts';
import type { ColumnLimitName, InferredColumn, InferredContract } from './inferred-contract.ts';

/** For tests: what is inferred from the rows of a query, and its text. */
export interface Inference {
  readonly version: DatasetVersion;
  readonly inferred: InferredContract;
  readonly text: string;
}

export async function inferenceOf(
  query: string,
  options: { readonly personal?: readonly string[]; readonly time?: string } = {},
): Promise<Inference> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  return await inferenceIn(dataset, options);
}

/** Of the files that a dataset has. */
export async function inferenceIn(
  dataset: TestDataset,
  { personal = [], time }: { readonly personal?: readonly string[]; readonly time?: string } = {},
): Promise<Inference> {
  const { result } = await dataset.run(time === undefined ? {} : { time });
  const made = result.outputs['version'];
  if (made === undefined) throw new Error('Cannot find the version');
  const version = await readVersion(dataset.store, made);
  using engine = await openEngine({ threads: 1 });
  const rows = await datasetSql(dataset.store, version, version.tree);
  const inferred = await inferContract({ engine, rows, version, personal: new Set(personal) });
  return { version, inferred, text: contractText(inferred) };
}

export function columnOf({ inferred }: Inference, name: string): InferredColumn {
  const found = inferred.columns.find(({ column }) => column.name === name);
  if (found === undefined) throw new Error(`Cannot find the column "${name}"`);
  return found;
}

/** The value of a limit; undefined when there is none of that name. */
export function limitOf(inference: Inference, column: string, name: ColumnLimitName): unknown {
  return columnOf(inference, column).limits.find((limit) => limit.name === name)?.value;
}
