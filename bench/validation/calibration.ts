import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine, quoteText, wilsonEstimate } from '@tidegate/runtime';
import { loadWords, machineWords } from '../data/machine.ts';
import { withSection } from '../data/sections.ts';
import { type Cell, cellSql, cellsUpTo, repeatsOf } from './calibration/cells.ts';
import { judgeCell, type Said } from './calibration/judge-cell.ts';
import { keptAnswer } from './calibration/kept-answers.ts';
import { openPeer, type Peer } from './calibration/peer.ts';
import { install, type Packages } from './installs.ts';

/**
 * How often drift is said of rows that did not change, and of rows that did: of datasets drawn anew from known distributions, judged by Tidegate and by other
 * tools with their defaults. `node bench/validation/calibration.ts [--repeats 200] [--peers 20] [--largest 1000000] [--tools nannyml] [--installed FOLDER]
 * [--kept FOLDER] [--part 'a shift'] [--write]`. Tidegate is asked about `--repeats` datasets of each sort, other tools about `--peers`; `--tools none` asks none of those. What was said is kept, so that
 * a call goes on where another ended.
 */
const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '200' },
    peers: { type: 'string', default: '20' },
    part: { type: 'string', default: '' },
    largest: { type: 'string', default: '1000000' },
    tools: { type: 'string', default: '' },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-validation') },
    kept: { type: 'string', default: join(tmpdir(), 'tidegate-calibration-kept') },
    write: { type: 'boolean', default: false },
  },
});

/** `most`: rows up to which it is asked, for its sake and ours; `share`: of the datasets it is asked about, for it takes a second or more for each. */
const peers: readonly (Packages & { readonly tool: string; readonly most: number; readonly share: number })[] = [
  { name: 'Evidently', tool: 'evidently', packages: ['evidently==0.7.23', 'pandas<3', 'pyarrow'], most: 100_000, share: 0.2 },
  { name: 'NannyML', tool: 'nannyml', packages: ['nannyml==0.13.1', 'pyarrow', 'statsmodels'], most: 1000, share: 1 },
  { name: 'alibi-detect', tool: 'alibi-detect', packages: ['alibi-detect==0.13.0', 'pandas<3', 'pyarrow<20'], most: 100_000, share: 1 },
];
const results = join(import.meta.dirname, 'CALIBRATION.md');
const place = mkdtempSync(join(tmpdir(), 'tidegate-calibration-'));
const left: string[] = [];
const installed = peers.flatMap((peer) => {
  if (!peer.tool.includes(values.tools)) return [];
  const found = install(values.installed, peer);
  if (typeof found !== 'string') return [{ ...peer, ...found, ...openPeer(found.python, peer.tool) }];
  left.push(`${peer.name} is left out, since it cannot be installed: ${found}`);
  return [];
});
const tools = ['Tidegate', ...installed.map(({ name, version }) => `${name} ${version}`)];
/** `said`: of each tool what it said of the first datasets, or of all; null where it was not asked or cannot judge them. */
const lines: { readonly cell: Cell; readonly said: readonly (readonly Said[] | null)[] }[] = [];
try {
  for (const cell of cellsUpTo(Number(values.largest)).filter(({ part }) => part.includes(values.part))) {
    const repeats = repeatsOf(cell, { most: Number(values.repeats), numbers: 4e7 });
    const shared = repeatsOf(cell, { most: Number(values.peers), numbers: 2e7 });
    const file = sharedFile(cell, shared);
    const asked = (tool: string, of: number, answer: () => Promise<readonly Said[] | null>) =>
      keptAnswer(resolve(values.kept), { tool, cell, repeats: of }, answer);
    // at the same time: nothing is timed here
    const said = await Promise.all([
      asked('tidegate', repeats, async () => judgeCell(cell, repeats)),
      ...installed.map((peer) => {
        const of = Math.max(1, Math.round(shared * peer.share));
        return cell.rows > peer.most ? null : asked(peer.tool, of, async () => ask(peer, await file(), of));
      }),
    ]);
    lines.push({ cell, said });
    console.error(rowOf({ cell, said }));
    keep();
  }
} finally {
  for (const peer of installed) peer.close();
  rmSync(place, { recursive: true, force: true });
}
for (const [title, text] of Object.entries(page())) console.log(`## ${title}\n\n${text}\n`);

/** The file of the datasets that all tools judge, made when the first of them asks. */
function sharedFile(cell: Cell, repeats: number): () => Promise<string> {
  let made: Promise<string> | null = null;
  const make = async (): Promise<string> => {
    const file = join(place, 'cell.parquet');
    using engine = await openEngine({ threads: 2 });
    await engine.run(`COPY (${cellSql(cell, repeats)}) TO ${quoteText(file)} (FORMAT parquet)`);
    return file;
  };
  return () => (made ??= make());
}

function page(): { readonly [title: string]: string } {
  const versions = new Map(installed.map(({ name, version }) => [name, { version }]));
  const call = `\`node bench/validation/calibration.ts --repeats ${values.repeats} --peers ${values.peers} --largest ${values.largest}\``;
  return {
    'Nothing changed': table('nothing changed', 'datasets with any alarm'),
    'One column of 20 moved': table('a shift', 'how often that column is found'),
    Machine: [`${call}.`, machineWords(versions), loadWords(), ...left].join(' '),
  };
}

/** After every cell, so that a run that is ended leaves what it has found. */
function keep(): void {
  if (!values.write) return;
  for (const [title, text] of Object.entries(page())) writeFileSync(results, withSection(readFileSync(results, 'utf8'), title, text));
}

/** Null where a tool cannot judge so many rows with this reference, or ended with an error. */
async function ask(peer: Peer, file: string, repeats: number): Promise<readonly Said[] | null> {
  const said = await peer.judge(file, repeats);
  if (typeof said === 'string') {
    if (!left.includes(said)) left.push(said);
    return null;
  }
  return said.includes(null) ? null : said.map((alarms) => ({ alarms: alarms ?? [], open: [] }));
}

function table(part: Cell['part'], what: string): string {
  const head = [
    'columns',
    'rows',
    ...(part === 'a shift' ? ['shift, sd'] : []),
    tools.length === 1 ? 'datasets' : `datasets (${['Tidegate', ...installed.map(({ name }) => name)].join(' / ')})`,
    ...tools.map((tool) => `${tool}: ${what}`),
    ...(part === 'a shift'
      ? ['Tidegate: that column without a verdict', 'Tidegate: that column passes']
      : ['Tidegate: columns without a verdict']),
  ];
  const own = lines.filter(({ cell }) => cell.part === part);
  const all = part === 'nothing changed' && own.length > 0 ? [allOf(own)] : [];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...own.map(rowOf), ...all].join('\n');
}

function rowOf({ cell, said }: (typeof lines)[number]): string {
  const { part, kind, columns, classes, rows, shift } = cell;
  const what = kind === 'numbers' ? `${columns} of numbers` : `${columns} of ${classes} classes`;
  const own = said[0] ?? [];
  const open = own.reduce((sum, one) => sum + one.open.length, 0) / (own.length * columns);
  const isOpen = own.filter((one) => one.open.includes('c0')).length;
  const passed = own.filter((one) => !one.open.includes('c0') && !one.alarms.includes('c0')).length;
  const cells = [
    what,
    String(rows),
    ...(part === 'a shift' ? [String(shift)] : []),
    datasetsOf(said.map((one) => one?.length ?? 0)),
    ...said.map((one) => (one === null ? '-' : percents(one.filter((repeat) => isAlarm(repeat, part)).length, one.length))),
    ...(part === 'a shift' ? [percents(isOpen, own.length), percents(passed, own.length)] : [`${Math.round(100 * open)} %`]),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** All datasets of a table together. */
function allOf(own: typeof lines): string {
  const totals = tools.map((_, index) => {
    const asked = own.flatMap(({ cell, said }) => (said[index] ?? []).map((repeat) => isAlarm(repeat, cell.part)));
    return { all: asked.length, alarms: asked.filter(Boolean).length };
  });
  const cells = totals.map(({ all, alarms }) => (all === 0 ? '-' : percents(alarms, all)));
  return `| **all** |  | ${datasetsOf(totals.map(({ all }) => all))} | ${cells.join(' | ')} |  |`;
}

function isAlarm({ alarms }: Said, part: Cell['part']): boolean {
  return part === 'a shift' ? alarms.includes('c0') : alarms.length > 0;
}

/** How many datasets Tidegate was asked about, and each of the others. */
function datasetsOf([own = 0, ...others]: readonly number[]): string {
  return others.every((count) => count === own) ? String(own) : [own, ...others].join(' / ');
}

/** `3 % (1 to 8)`, with Wilson's interval at 95 %. */
function percents(hits: number, of: number): string {
  const { low, high } = wilsonEstimate(hits, of, 0.975);
  const percent = (share: number): string => (of < 500 ? String(Math.round(100 * share)) : (100 * share).toFixed(1));
  return `${percent(hits / of)} % (${percent(low ?? 0)} to ${percent(high ?? 1)})`;
}
