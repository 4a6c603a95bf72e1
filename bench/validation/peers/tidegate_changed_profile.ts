import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { digestOfFile } from '../../../packages/core/src/platform/index.ts';
import { profileTable } from '../../../packages/core/src/data/profile/profile-table.ts';
import { openTable } from '../../../packages/core/src/data/read/dataset-table.ts';
import { inTurn } from '../../../packages/core/src/data/tables/side-by-side.ts';
import { folderObjectStore } from '../../../packages/core/src/store/index.ts';
import { rowsFrom } from '../../data/byte-mode/tables.ts';

/**
 * What the step of a dataset spends on the profile of many row groups, of which some are other ones than those that a former profile was made of. The store is in the folder; groups are written where they are not there.
 * `node tidegate_changed_profile.ts FOLDER GROUPS ROWS CHANGED [FORMER]`; CPU is that of the process while it profiles, and nothing before.
 */
const [folder = '', groups = '', rowsEach = '', changed = '', former = ''] = process.argv.slice(2);
const [count, rows] = [Number(groups), Number(rowsEach)];
mkdirSync(folder, { recursive: true });
using engine = await openEngine({ threads: 1 });
using other = await engine.beside();
const files = [];
for (let at = 0; at < count; at++) {
  // changed groups lie apart
  const isChanged =
    at % Math.max(1, Math.floor(count / Number(changed))) === 0 && at / Math.floor(count / Number(changed)) < Number(changed);
  const path = `${at}${isChanged ? '-changed' : ''}.parquet`;
  const object = join(folder, path);
  const first = at * rows + (isChanged ? 1_000_000_000 : 0);
  if (statSync(object, { throwIfNoEntry: false }) === undefined)
    await engine.run(`COPY (SELECT * FROM (${rowsFrom(first, rows)})) TO ${quoteText(object)} (FORMAT parquet, COMPRESSION snappy)`);
  files.push({ path, digest: await digestOfFile(object), bytes: statSync(object).size, object });
}
const table = await openTable(engine, { files, format: 'parquet', declared: new Map() });
const store = folderObjectStore(join(folder, 'store'));
const before = process.cpuUsage();
const parts = { store, former: former === '' ? [] : [digest(former)] };
const { profile, measuredRows } = await profileTable(inTurn([engine, other]), { table, personal: new Set(), parts });
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, measuredRows, parts: profile.parts }));
