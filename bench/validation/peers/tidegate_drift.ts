import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import { judgeDataDrift } from '../../../packages/core/src/data/drift/judge-data-drift.ts';
import { columns as names } from '../sixty-checks.ts';

/** What `tidegate data drift` does with two versions once their files are at hand, with the settings that it has by itself. `node tidegate_drift.ts REFERENCE CURRENT` */
const [reference = '', current = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidegate-drift-'));
const types = {
  id: 'integer',
  at: 'timestamp',
  price: 'number',
  flag: 'boolean',
  rare: 'integer',
  code: 'string',
  batch: 'integer',
} as const;
const columns = names.map((name) => ({
  name,
  type:
    name in types
      ? types[name as keyof typeof types]
      : name.startsWith('a')
        ? ('number' as const)
        : name.startsWith('n')
          ? ('integer' as const)
          : ('string' as const),
  personal: false,
}));
try {
  const open = () => openEngine({ threads: 1, spill: join(folder, 'spill') });
  using engine = await open();
  const side = (path: string) => ({ sql: `SELECT * FROM read_parquet(${quoteText(path)})`, columns, time: null });
  const judged = await judgeDataDrift(
    engine,
    { before: side(reference), after: side(current) },
    { floor: 0.02, falseAlarms: 0.01, ignore: ['at'], by: 'rows', seasons: false },
    open,
  );
  console.log(
    JSON.stringify({
      verdict: judged.verdict,
      moved: judged.columns.filter(({ verdict }) => verdict === 'fail').map(({ column }) => column),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
