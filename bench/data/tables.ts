import type { Contention } from './contention-case.ts';
import { type Cost, type Measure, measures, type Result } from './many-files-case.ts';

/** What one tool did, round by round; a text is why a round could not be played. */
export type Rounds = readonly (Result | string)[];

/** Of what was not measured, or does not exist. */
const none = '–';

/** What Tidegate is held to, with 100,000 files; for the status it is twice that of Git. */
const toReach: Readonly<Partial<Record<Measure, string>>> = {
  add: '8 s',
  'push again': '2 s',
  'clean status': '2 x Git',
  'after one change': '+ 0.3 s',
  'check-out': '10 s',
};

/** Times, memory and bytes, a row for each tool; the first is what the others are compared with. */
export function filesTables(results: ReadonlyMap<string, Rounds>): string {
  const [first = []] = results.values();
  const played = [...results].filter(([, rounds]) => wholeOf(rounds).length > 0);
  const failed = [...results].filter(([, rounds]) => wholeOf(rounds).length === 0);
  return [
    'Wall s / CPU s (times the CPU of the first row):',
    tableOf(
      ['tool', ...measures],
      [
        ...played.map(([name, rounds]) => [name, ...measures.map((measure) => timeCell(rounds, measure, first))]),
        ['to reach', ...measures.map((measure) => toReach[measure] ?? none)],
      ],
    ),
    'Peak resident MB of a process:',
    tableOf(
      ['tool', ...measures],
      [
        ...played.map(([name, rounds]) => [name, ...measures.map((measure) => memoryCell(rounds, measure))]),
        ['to reach', ...measures.map(() => '400')],
      ],
    ),
    'MB on the disk:',
    tableOf(
      ['tool', 'stored', 'in the remote', 'freed by gc'],
      played.map(([name, rounds]) => {
        const [one] = wholeOf(rounds);
        return [name, megabytes(one?.storedBytes), megabytes(one?.pushedBytes), megabytes(one?.freedBytes)];
      }),
    ),
    ...failed.map(([name, rounds]) => `**${name} failed**: ${oneLine(rounds.find((round) => typeof round === 'string') ?? '')}`),
  ].join('\n\n');
}

export function contentionTable(found: ReadonlyMap<string, Contention | string>): string {
  return tableOf(
    ['tool', 'commands', 'killed', 'failed', 'add', 'status', 'check-out', 'gc', 'afterwards', 'first failure'],
    [...found].map(([name, of]) =>
      typeof of === 'string'
        ? [name, `**${oneLine(of)}**`, ...Array.from({ length: 8 }, () => '')]
        : [
            name,
            String(of.commands),
            String(of.killed),
            of.failed === 0 ? '0' : `**${of.failed}**`,
            ...(['add', 'status', 'checkout', 'collect'] as const).map((act) => String(of.ended[act])),
            oneLine(of.afterwards),
            oneLine(of.firstFailure ?? ''),
          ],
    ),
  );
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function timeCell(rounds: Rounds, measure: Measure, first: Rounds): string {
  const wrong = wrongIn(rounds, measure);
  if (wrong !== null) return `**${oneLine(wrong)}**`;
  const [wall, cpu, own] = [
    medianOf(rounds, measure, ({ wallSeconds }) => wallSeconds),
    medianOf(rounds, measure, ({ cpuSeconds }) => cpuSeconds),
    medianOf(first, measure, ({ cpuSeconds }) => cpuSeconds),
  ];
  if (wall === null || cpu === null) return none;
  const ratio = own === null || rounds === first ? '' : ` (${(cpu / own).toPrecision(2)} x)`;
  return `${wall.toFixed(2)} / ${cpu.toFixed(2)}${ratio}`;
}

function memoryCell(rounds: Rounds, measure: Measure): string {
  const peaks = costsOf(rounds, measure).flatMap((cost) => (isCalled(cost) ? [cost.peakBytes] : []));
  return peaks.length === 0 ? none : megabytes(Math.max(...peaks));
}

function wrongIn(rounds: Rounds, measure: Measure): string | null {
  return costsOf(rounds, measure).find((cost) => typeof cost === 'string') ?? null;
}

function medianOf(rounds: Rounds, measure: Measure, pick: (called: Called) => number): number | null {
  const sorted = costsOf(rounds, measure)
    .flatMap((cost) => (isCalled(cost) ? [pick(cost)] : []))
    .toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

type Called = Exclude<Cost, string | null>;

function isCalled(cost: Cost): cost is Called {
  return cost !== null && typeof cost !== 'string';
}

function costsOf(rounds: Rounds, measure: Measure): readonly Cost[] {
  return wholeOf(rounds).map(({ costs }) => costs[measure]);
}

function wholeOf(rounds: Rounds): readonly Result[] {
  return rounds.filter((round) => typeof round !== 'string');
}

function megabytes(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? none : (bytes / 1e6).toFixed(0);
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '/').slice(0, 160);
}
