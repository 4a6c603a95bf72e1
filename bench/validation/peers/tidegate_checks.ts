import { readFileSync, statSync } from 'node:fs';
import { digest } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { parseContract } from '../../../packages/core/src/data/contract/parse-contract.ts';
import { measureTable } from '../../../packages/core/src/data/measure-table.ts';
import { openTable } from '../../../packages/core/src/data/read/dataset-table.ts';

/** What the step of a dataset does with its files: profile and checks. `node tidegate_checks.ts FILE CONTRACT` */
const [path = '', file = ''] = process.argv.slice(2);
const parsed = parseContract({ file, text: readFileSync(file, 'utf8'), dataset: 'measured' });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
using engine = await openEngine({ threads: 1 });
const files = [{ path: 'measured.parquet', digest: digest(`sha256:${'0'.repeat(64)}`), bytes: statSync(path).size, object: path }];
const table = await openTable(engine, { files, format: 'parquet', declared: new Map() });
const { findings } = await measureTable(engine, table, {
  dataset: 'measured',
  contract: parsed.value,
  time: null,
  signal: new AbortController().signal,
});
console.log(
  JSON.stringify(
    Object.fromEntries(findings.flatMap(({ result }) => (result.verdict === 'pass' ? [] : [[result.name, result.failingRows]]))),
  ),
);
