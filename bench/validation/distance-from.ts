import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CheckResult, DatasetVersion } from '@tidegate/formats';
import { openEngine, quoteText, wilsonEstimate } from '@tidegate/runtime';
import { contractOf, measureFile } from '../../e2e/planted/detectors/measure-file.ts';
import { furtherRules } from '../../packages/core/src/data/further/further-rules.ts';
import { judgeFurther } from '../../packages/core/src/data/further/judge-further.ts';
import { sampledDistance } from '../../packages/core/src/data/further/sampled-distance.ts';
import { distributionDistance } from '../../packages/core/src/data/profile/distance.ts';
import { withSection } from '../data/sections.ts';
import { type Cell, cellSql } from './calibration/cells.ts';

/**
 * How often the check `distanceFrom` fails where nothing changed, and where something did: versions of many columns drawn anew, each column a trial, by their profiles and the
 * check as a run makes them. `node bench/validation/distance-from.ts [--columns 40] [--repeats 5] [--write]`
 */
const { values } = parseArgs({
  options: {
    columns: { type: 'string', default: '40' },
    repeats: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});
const [columns, repeats] = [Number(values.columns), Number(values.repeats)];
const trials = columns * repeats;
const limits = [0.05, 0.1, 0.2];
const place = mkdtempSync(join(tmpdir(), 'tidegate-distance-'));

interface Trials {
  readonly cell: Cell;
  /** Columns whose distance is greater than what chance is said to give. */
  readonly beyondChance: number;
  /** Columns by limit, that fail and of which nothing is said. */
  readonly failed: readonly number[];
  readonly open: readonly number[];
}

const numbers = { kind: 'numbers', columns, classes: 0 } as const;
const unchanged = { part: 'nothing changed', shift: 0 } as const;
const rowsTried = [50, 200, 1000, 10_000];
const cells: readonly Cell[] = [
  ...rowsTried.map((rows): Cell => ({ ...numbers, ...unchanged, rows })),
  ...[2, 10, 100, 1000].flatMap((classes) => rowsTried.map((rows): Cell => ({ kind: 'classes', columns, classes, ...unchanged, rows }))),
  ...[0.2, 0.5].flatMap((shift) => rowsTried.map((rows): Cell => ({ ...numbers, part: 'a shift', rows, shift }))),
];
try {
  const all: Trials[] = [];
  for (const cell of cells) {
    all.push(await tried(cell));
    console.error(rowOf(all.at(-1) ?? { cell, beyondChance: 0, failed: [], open: [] }));
  }
  const page = pageOf(all);
  console.log(page);
  const results = join(import.meta.dirname, 'CALIBRATION.md');
  if (values.write) writeFileSync(results, withSection(readFileSync(results, 'utf8'), 'Distances from a former version', page));
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function tried(cell: Cell): Promise<Trials> {
  const drawn = join(place, 'drawn.parquet');
  {
    using engine = await openEngine({ threads: 2 });
    await engine.run(`COPY (${cellSql({ ...cell, shift: 0 }, repeats)}) TO ${quoteText(drawn)} (FORMAT parquet)`);
  }
  let beyondChance = 0;
  const [failed, open] = [limits.map(() => 0), limits.map(() => 0)];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const former = await versionOf(cell, { drawn, repeat, side: 0 });
    const version = await versionOf(cell, { drawn, repeat, side: 1 });
    const known = new Map(former.profile.columns.map((profile) => [profile.name, profile]));
    beyondChance += version.profile.columns.filter((profile) => {
      const before = known.get(profile.name);
      const distance = before === undefined ? null : distributionDistance(before, profile);
      return before !== undefined && distance !== null && distance > sampledDistance(before, profile);
    }).length;
    for (const [index, limit] of limits.entries())
      for (const { verdict } of await checksOf(version, { former, limit })) {
        if (verdict === 'fail') failed[index] = (failed[index] ?? 0) + 1;
        if (verdict === 'inconclusive') open[index] = (open[index] ?? 0) + 1;
      }
  }
  return { cell, beyondChance, failed, open };
}

async function versionOf(
  cell: Cell,
  { drawn, repeat, side }: { readonly drawn: string; readonly repeat: number; readonly side: 0 | 1 },
): Promise<DatasetVersion> {
  const file = join(place, `${side}.parquet`);
  using engine = await openEngine({ threads: 1 });
  const moved = Array.from({ length: columns }, (_, column) =>
    column % 2 === 0 ? `c${column} + ${cell.shift} AS c${column}` : `c${column} * exp(1.5 * ${cell.shift}) AS c${column}`,
  );
  const given = side === 1 && cell.shift > 0 ? `* REPLACE (${moved.join(', ')})` : '*';
  const rows = `SELECT * EXCLUDE (repeat, side) FROM read_parquet(${quoteText(drawn)}) WHERE repeat = ${repeat} AND side = ${side}`;
  await engine.run(`COPY (SELECT ${given} FROM (${rows})) TO ${quoteText(file)} (FORMAT parquet)`);
  return await measureFile(engine, file, { contract: null, time: null });
}

/** What the checks of all columns say of a version. */
async function checksOf(
  version: DatasetVersion,
  { former, limit }: { readonly former: DatasetVersion; readonly limit: number },
): Promise<readonly CheckResult[]> {
  const quality = [{ type: 'custom', engine: 'tidegate', implementation: { check: 'distanceFrom', mustBeLessOrEqualTo: limit } }];
  const contract = contractOf(
    JSON.stringify({
      apiVersion: 'v3.1.0',
      kind: 'DataContract',
      id: 'drawn',
      version: '1.0.0',
      status: 'active',
      schema: [{ name: 'drawn', properties: version.columns.map(({ name, type }) => ({ name, logicalType: type, quality })) }],
    }),
  );
  using engine = await openEngine({ threads: 1 });
  const findings = await judgeFurther(furtherRules(contract), {
    engine,
    version,
    own: { dataset: 'drawn', sql: '', columns: version.columns, personal: new Set() },
    keys: [],
    others: new Map(),
    former: [former],
    versions: new Map(),
    now: 0,
    askPython: () => Promise.reject(new Error('No function is asked here')),
  });
  return findings.map(({ result }) => result);
}

function pageOf(all: readonly Trials[]): string {
  const head = ['columns', 'rows', 'shift, sd', 'beyond chance', ...limits.map((limit) => `limit ${limit}: fails; nothing is said`)];
  return [
    `The check \`distanceFrom\`, by the profiles of two versions: the one before of 5,000 rows. Written by \`node bench/validation/distance-from.ts --columns ${columns} --repeats ${repeats} --write\`: ${trials} columns drawn anew in each row of the table, each a trial.`,
    '**Beyond chance** is how often the distance of unchanged columns is more than the check takes chance to give, which is to be 1 % at most, with its 95 % interval. Where the limit is below what chance gives the check says nothing, or fails only beyond both.',
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...all.map(rowOf),
  ].join('\n');
}

function rowOf({ cell, beyondChance, failed, open }: Trials): string {
  const what = cell.kind === 'numbers' ? 'numbers' : `${cell.classes} classes`;
  const shares = failed.map((count, index) => `${percent(count)}; ${percent(open[index] ?? 0)}`);
  return `| ${[what, cell.rows, cell.shift === 0 ? 'none' : cell.shift, cell.shift === 0 ? withInterval(beyondChance) : '-', ...shares].join(' | ')} |`;
}

function percent(count: number): string {
  return `${Number(((100 * count) / trials).toFixed(1))} %`;
}

function withInterval(count: number): string {
  const { low, high } = wilsonEstimate(count, trials, 0.975);
  return `${percent(count)} (${(100 * (low ?? 0)).toFixed(1)} to ${(100 * (high ?? 1)).toFixed(1)})`;
}
