import { statSync, writeFileSync } from 'node:fs';
import { digest } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { openTable } from '../../../packages/core/src/data/read/dataset-table.ts';
import { wholeOf } from '../../../packages/core/src/data/profile/profile-table.ts';
import { inTurn } from '../../../packages/core/src/data/tables/side-by-side.ts';

/** What the step of a dataset keeps of its rows, as the file that a version's profile names: `node tidegate_profiles.ts FILE PROFILE` */
const [path = '', target = ''] = process.argv.slice(2);
using engine = await openEngine({ threads: 1 });
const files = [{ path: 'measured.parquet', digest: digest(`sha256:${'0'.repeat(64)}`), bytes: statSync(path).size, object: path }];
const table = await openTable(engine, { files, format: 'parquet', declared: new Map() });
using other = await engine.beside();
const { whole } = await wholeOf(inTurn([engine, other]), { table, personal: new Set(), parts: null });
writeFileSync(target, JSON.stringify(whole));
console.log(JSON.stringify({ bytes: statSync(target).size }));
