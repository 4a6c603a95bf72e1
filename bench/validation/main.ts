import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadWords, machineWords } from '../data/machine.ts';
import { withSection } from '../data/sections.ts';
import { treeUsage, type Usage, type UsageOptions } from '../engine/usage.ts';
import { layOutCommandLine } from '../../tools/publish/lay-out-command-line.ts';
import { contractOfChecks } from './contract-of-checks.ts';
import { planted, writeFaulty, writeOther } from './faulty-table.ts';
import { install, type InstalledPackages, type Packages } from './installs.ts';
import { sixtyChecks } from './sixty-checks.ts';
import { type CheckingTool, checkingTools, type DriftTool, driftTools, type Given } from './tools.ts';

/**
 * What validation costs beside other tools: sixty checks of a table of 20 columns (`checks`), and drift of one such table against another (`drift`), drift by the profiles of two versions (`profiles`), and the profile of a version of which some row groups changed (`changes`). Each tool is a
 * process of its own, and has to find the planted faults, row by row, before its time counts.
 * `node bench/validation/main.ts [--cases checks,drift,profiles,changes] [--rows 1000000,10000000] [--rounds 3] [--tools pandera] [--installed FOLDER] [--write]`
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'checks,drift,profiles,changes' },
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '1' },
    tools: { type: 'string', default: '' },
    installed: { type: 'string', default: join(tmpdir(), 'tidegate-bench-validation') },
    write: { type: 'boolean', default: false },
  },
});
const program = join(import.meta.dirname, '../../packages/cli/bin/tidegate.js');
const results = join(import.meta.dirname, 'RESULTS.md');
const wanted = values.tools.split(',');
const place = mkdtempSync(join(tmpdir(), 'tidegate-bench-validation-'));
const rounds = Number(values.rounds);
const left: string[] = [];
/** Rows of a row group where profiles of changes are measured: about 4 MB. */
const groupRows = 50_000;
/** The command line as it is published. */
const published = await layOutCommandLine(join(import.meta.dirname, '../..'), join(place, 'program'));
mkdirSync(values.installed, { recursive: true });
try {
  for (const rows of values.rows.split(',').map(Number)) {
    if (values.cases.includes('checks')) await measureChecks(rows);
    if (values.cases.includes('drift')) await measureDrift(rows);
    if (values.cases.includes('profiles')) await measureProfiles(rows);
    if (values.cases.includes('changes')) await measureChanges(rows);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}

interface Line {
  readonly name: string;
  readonly usages: readonly Usage[];
  readonly said: string;
}

async function measureChecks(rows: number): Promise<void> {
  const given: Given = {
    table: join(place, 'table.parquet'),
    checks: join(place, 'checks.json'),
    contract: join(place, 'contract.odcs.yaml'),
  };
  const checks = sixtyChecks(rows);
  await writeFaulty(given.table, rows);
  writeFileSync(given.checks, JSON.stringify(checks));
  writeFileSync(given.contract, JSON.stringify(contractOfChecks(checks, given.table), null, 1));
  const found = (output: string): readonly number[] =>
    Object.values(JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, number>>).toSorted((a, b) => a - b);
  const lines = [
    await line('SQL by hand, checks', ours('hand_sql.ts', given.table, given.checks, 'checks'), found),
    await line('SQL by hand, checks and profile', ours('hand_sql.ts', given.table, given.checks, 'profile'), found),
    await line(
      'Tidegate, checks',
      [process.execPath, published, 'contract', 'test', given.contract, '--data', given.table],
      foundByTidegate,
    ),
    await line('Tidegate, checks and profile', ours('tidegate_checks.ts', given.table, given.contract), found),
  ];
  for (const tool of chosen<CheckingTool>(checkingTools, rows)) {
    const installed = ready(tool);
    if (installed !== null) lines.push(await line(`${tool.name} ${installed.version}`, tool.argv(installed, given), tool.found));
  }
  keep(`Sixty checks of ${words(rows)} rows x 20 columns`, lines);
}

function foundByTidegate(output: string): readonly number[] {
  return [...output.matchAll(/^ *✗ .*: (\d+) of \d+ rows/gm)].map(([, rows]) => Number(rows)).toSorted((a, b) => a - b);
}

async function measureDrift(rows: number): Promise<void> {
  const [reference, current] = [join(place, 'reference.parquet'), join(place, 'current.parquet')];
  await writeOther(reference, rows, 0);
  await writeOther(current, rows, 0.1);
  const lines = [await line('Tidegate', ours('tidegate_drift.ts', reference, current), null)];
  for (const tool of chosen<DriftTool>(driftTools, rows)) {
    const installed = ready(tool);
    if (installed !== null) lines.push(await line(`${tool.name} ${installed.version}`, tool.argv(installed, reference, current), null));
  }
  keep(`Drift of ${words(rows)} rows against ${words(rows)} x 20 columns`, lines);
}

/** Drift of two versions by their profiles beside by their rows: the judging alone, and the whole command in a project that has both versions. */
async function measureProfiles(rows: number): Promise<void> {
  const project = join(place, `project-${rows}`);
  mkdirSync(project);
  writeFileSync(join(project, 'tidegate.yaml'), 'version: 1\ndata: { table: { from: { files: table.parquet } } }\n');
  const run = { cwd: project, env: { ...process.env, TIDEGATE_HOME: join(place, `home-${rows}`) } };
  const command = (...argv: readonly string[]): readonly string[] => [process.execPath, program, 'data', ...argv];
  const versions: string[] = [];
  const profiles: string[] = [];
  for (const [name, shift] of [
    ['reference', 0],
    ['current', 0.1],
  ] as const) {
    await writeOther(join(project, 'table.parquet'), rows, shift);
    await treeUsage(command('commit', 'table'), run);
    const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(readFileSync(join(project, 'tidegate.lock'), 'utf8')) ?? [];
    versions.push(digest);
    profiles.push(join(place, `${name}-${rows}.json`));
    await treeUsage(ours('tidegate_profiles.ts', join(project, 'table.parquet'), profiles.at(-1) ?? ''), run);
  }
  const whole = async (name: string, ...words: readonly string[]): Promise<Line> => {
    const own = await line(name, command('drift', 'table', ...versions, ...words), null, run);
    return { ...own, said: `exit code ${own.usages.at(-1)?.code}` };
  };
  keep(`Drift by profiles of ${words(rows)} rows against ${words(rows)} x 20 columns`, [
    await whole('`tidegate data drift`, by rows', '--columns-only'),
    await whole('`tidegate data drift`, by profiles', '--from-profiles'),
    await line('judging by profiles alone', ours('tidegate_profile_drift.ts', ...profiles), null),
  ]);
}

/** The profile of all row groups, and then of versions of which some changed, each in a process of its own. */
async function measureChanges(rows: number): Promise<void> {
  const groups = Math.max(1, Math.round(rows / groupRows));
  const folder = join(place, `groups-${rows}`);
  const profiled = async (changed: number, former: string): Promise<ProfiledChange> => {
    const { output } = await treeUsage(ours('tidegate_changed_profile.ts', folder, `${groups}`, `${groupRows}`, `${changed}`, former), {
      cwd: place,
      env: process.env,
    });
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as ProfiledChange;
  };
  const whole = await profiled(0, '');
  const rest = [0, 1, Math.round(groups / 100), Math.round(groups / 10)].filter((changed, at, all) => all.indexOf(changed) === at);
  const lines = [`| all ${groups} | ${words(whole.measuredRows)} | ${whole.cpuSeconds.toFixed(2)} | 100 % |`];
  for (const changed of rest) {
    const found: ProfiledChange[] = [];
    for (let round = 0; round < rounds; round++) found.push(await profiled(changed, whole.parts));
    const [least] = found.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds);
    if (least === undefined) continue;
    const share = (100 * least.cpuSeconds) / whole.cpuSeconds;
    lines.push(`| ${changed} of ${groups} | ${words(least.measuredRows)} | ${least.cpuSeconds.toFixed(2)} | ${share.toFixed(1)} % |`);
  }
  const table = ['| row groups that changed | rows measured | CPU s | of measuring all |', '|---|---|---|---|', ...lines];
  write(`The profile after a change, of ${words(rows)} rows x 20 columns`, table);
}

interface ProfiledChange {
  readonly cpuSeconds: number;
  readonly measuredRows: number;
  readonly parts: string;
}

function ours(name: string, ...argv: readonly string[]): readonly string[] {
  return [process.execPath, join(import.meta.dirname, 'peers', name), ...argv];
}

function chosen<Tool extends Packages & { readonly mostRows: number }>(tools: readonly Tool[], rows: number): readonly Tool[] {
  return tools.filter(({ name, mostRows }) => rows <= mostRows && wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())));
}

function ready(tool: Packages): InstalledPackages | null {
  const installed = install(values.installed, tool);
  if (typeof installed !== 'string') return installed;
  if (!left.includes(tool.name)) left.push(tool.name);
  console.error(`${tool.name} is left out: ${installed}`);
  return null;
}

/** Round by round; what it found counts before its time does. `found`: numbers of failing rows; null where there are none to compare. */
async function line(
  name: string,
  argv: readonly string[],
  found: ((output: string) => readonly number[]) | null,
  at: Pick<UsageOptions, 'cwd' | 'env'> = { cwd: place, env: process.env },
): Promise<Line> {
  const usages: Usage[] = [];
  let said = '';
  for (let round = 0; round < rounds; round++) {
    const usage = await treeUsage(argv, { ...at, killAfterSeconds: 900 });
    usages.push(usage);
    said = found === null ? (usage.output.trim().split('\n').at(-1) ?? '') : verdict(usage, found);
    if (usage.code === null) break;
  }
  console.error(`${name}: ${usages.map(({ cpuSeconds }) => cpuSeconds.toFixed(1)).join(', ')} CPU s; ${said}`);
  return { name, usages, said };
}

/** A duplicate counts as one row or as two, as each tool sees it; PyDeequ names checks and no rows. */
function verdict({ output, code }: Usage, found: (output: string) => readonly number[]): string {
  if (code === null) return 'ended after 900 s';
  let rows: readonly number[];
  try {
    rows = found(output);
  } catch {
    return `failed: ${output.trim().split('\n').at(-1)?.slice(0, 200)}`;
  }
  const expected = Object.values(planted).toSorted((a, b) => a - b);
  const same = (one: readonly number[]): boolean => one.length === rows.length && one.every((count, index) => count === rows[index]);
  if (same(expected) || same(expected.map((count) => (count === 1 ? 2 : count)))) return 'all faults, row by row';
  if (rows.length === expected.length) return 'all faults';
  return `**${rows.length} of ${expected.length} checks fail**`;
}

function keep(title: string, lines: readonly Line[]): void {
  const floor = best(lines[0]);
  const table = [
    `| tool | wall s | CPU s | x the CPU of the first | peak MB | found |`,
    '|---|---|---|---|---|---|',
    ...lines.map((one) => {
      const { wallSeconds, cpuSeconds, peakBytes } = best(one);
      const cells = [
        wallSeconds.toFixed(2),
        cpuSeconds.toFixed(2),
        (cpuSeconds / floor.cpuSeconds).toFixed(1),
        (peakBytes / 1e6).toFixed(0),
      ];
      return `| ${one.name} | ${cells.join(' | ')} | ${one.said} |`;
    }),
  ];
  write(title, table);
}

function write(title: string, table: readonly string[]): void {
  const text = `${machineWords(new Map())}\n\n${table.join('\n')}\n\n${loadWords()}`;
  console.log(`## ${title}\n\n${text}\n`);
  if (values.write) writeFileSync(results, withSection(readFileSync(results, 'utf8'), title, text));
}

/** The round that took the least CPU. */
function best(one: Line | undefined): Usage {
  const [first] = (one?.usages ?? []).toSorted((a, b) => a.cpuSeconds - b.cpuSeconds);
  if (first === undefined) throw new Error('Nothing was measured');
  return first;
}

function words(rows: number): string {
  return rows.toLocaleString('en-US');
}
