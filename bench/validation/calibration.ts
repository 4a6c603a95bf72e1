import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine, quoteText, wilsonEstimate } from '@tidegate/runtime';
import { loadWords, machineWords } from '../data/machine.ts';
import { withSection } from '../data/sections.ts';
import { type Cell, cellSql, cellsUpTo, repeatsOf } from './calibration/cells.ts';
import { judgeCell, type Said } from './calibration/judge-cell.ts';
import { install, type Packages } from './installs.ts';

/**
 * How often drift is said of rows that did not change, and of rows that did: of datasets drawn anew from known distributions, judged by Tidegate and by other
 * tools with their defaults. `node bench/validation/calibration.ts [--repeats 200] [--largest 1000000] [--tools nannyml] [--installed FOLDER] [--write]`
 */
const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '200' },
    largest: { type: 'string', default: '1000000' },
    tools: { type: 'string', default: '' },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-validation') },
    write: { type: 'boolean', default: false },
  },
});

/** `most`: rows up to which it is asked, for its sake and ours. */
const peers: readonly (Packages & { readonly tool: string; readonly most: number })[] = [
  { name: 'Evidently', tool: 'evidently', packages: ['evidently==0.7.23', 'pandas<3', 'pyarrow'], most: 100_000 },
  { name: 'NannyML', tool: 'nannyml', packages: ['nannyml==0.13.1', 'pyarrow'], most: 1000 },
  { name: 'alibi-detect', tool: 'alibi-detect', packages: ['alibi-detect==0.13.0', 'pandas<3', 'pyarrow<20'], most: 100_000 },
];
const results = join(import.meta.dirname, 'CALIBRATION.md');
const place = mkdtempSync(join(tmpdir(), 'tidegate-calibration-'));
const left: string[] = [];
const installed = peers.flatMap((peer) => {
  if (!peer.tool.includes(values.tools)) return [];
  const found = install(values.installed, peer);
  if (typeof found !== 'string') return [{ ...peer, ...found }];
  left.push(`${peer.name} is left out, since it cannot be installed: ${found}`);
  return [];
});
const tools = ['Tidegate', ...installed.map(({ name, version }) => `${name} ${version}`)];
const lines: { readonly cell: Cell; readonly repeats: number; readonly said: readonly (readonly Said[] | null)[] }[] = [];
try {
  for (const cell of cellsUpTo(Number(values.largest))) {
    const repeats = repeatsOf(cell, Number(values.repeats));
    const file = join(place, 'cell.parquet');
    using engine = await openEngine({ threads: 2 });
    await engine.run(`COPY (${cellSql(cell, repeats)}) TO ${quoteText(file)} (FORMAT parquet)`);
    const said: (readonly Said[] | null)[] = [await judgeCell(file, cell, repeats)];
    for (const peer of installed) said.push(cell.rows > peer.most ? null : ask(peer, file, repeats));
    lines.push({ cell, repeats, said });
    console.error(rowOf({ cell, repeats, said }));
    keep();
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
for (const [title, text] of Object.entries(page())) console.log(`## ${title}\n\n${text}\n`);

function page(): { readonly [title: string]: string } {
  const versions = new Map(installed.map(({ name, version }) => [name, { version }]));
  return {
    'Nothing changed': table('nothing changed', 'datasets with any alarm'),
    'One column of 20 moved': table('a shift', 'how often that column is found'),
    Machine: [machineWords(versions).replace(/^\. /, ''), loadWords(), ...left].join(' '),
  };
}

/** After every cell, so that a run that is ended leaves what it has found. */
function keep(): void {
  if (!values.write) return;
  for (const [title, text] of Object.entries(page())) writeFileSync(results, withSection(readFileSync(results, 'utf8'), title, text));
}

/** Null where a tool cannot judge so many rows with this reference, or ended with an error. */
function ask({ python, tool }: { readonly python: string; readonly tool: string }, file: string, repeats: number): readonly Said[] | null {
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'calibration/peers.py'), tool, file, String(repeats)], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 3_600_000,
  });
  if (status !== 0) {
    const message = `${tool} ended with an error: ${stderr.trim().split('\n').at(-1) ?? ''}`;
    if (!left.includes(message)) left.push(message);
    return null;
  }
  const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as readonly (readonly string[] | null)[];
  if (said.includes(null)) return null;
  return said.map((alarms) => ({ alarms: alarms ?? [], open: 0 }));
}

function table(part: Cell['part'], what: string): string {
  const head = [
    'columns',
    'rows',
    ...(part === 'a shift' ? ['shift, sd'] : []),
    'datasets',
    ...tools.map((tool) => `${tool}: ${what}`),
    'Tidegate: columns without a verdict',
  ];
  const rows = lines.filter(({ cell }) => cell.part === part).map(rowOf);
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows].join('\n');
}

function rowOf({ cell, repeats, said }: (typeof lines)[number]): string {
  const { part, kind, columns, classes, rows, shift } = cell;
  const what = kind === 'numbers' ? `${columns} of numbers` : `${columns} of ${classes} classes`;
  const shares = said.map((one) =>
    one === null
      ? '-'
      : percents(one.filter(({ alarms }) => (part === 'a shift' ? alarms.includes('c0') : alarms.length > 0)).length, repeats),
  );
  const open = (said[0] ?? []).reduce((sum, one) => sum + one.open, 0) / (repeats * columns);
  const cells = [
    what,
    String(rows),
    ...(part === 'a shift' ? [String(shift)] : []),
    String(repeats),
    ...shares,
    `${Math.round(100 * open)} %`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** `3 % (1 to 8)`, with Wilson's interval at 95 %. */
function percents(hits: number, of: number): string {
  const { low, high } = wilsonEstimate(hits, of, 0.975);
  return `${Math.round((100 * hits) / of)} % (${Math.round(100 * (low ?? 0))} to ${Math.round(100 * (high ?? 1))})`;
}
