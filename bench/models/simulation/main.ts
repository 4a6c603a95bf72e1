import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { normalQuantile, requiredRows, seededRandom } from '@tidegate/runtime';
import { withSection } from '../../data/sections.ts';
import { options, type Said, sayings } from './gates.ts';
import { type LiveWorld, lookAgainAndAgain } from './looks.ts';
import type { PairedWorld } from './paired-worlds.ts';
import { exactShares, type Shares, simulatedShares } from './shares.ts';

/**
 * How often gates let models through, fail them or cannot say: by the functions that a run calls, on samples that are drawn, beside what every sample
 * with its chance comes to. `node bench/models/simulation/main.ts [--repeats 200000] [--write]`
 */
const { values } = parseArgs({ options: { repeats: { type: 'string', default: '200000' }, write: { type: 'boolean', default: false } } });
const repeats = Number(values.repeats);
const results = join(import.meta.dirname, '../SIMULATION.md');
const disagreement = 0.06;

/** 200 comparisons with 95 % intervals each would leave out ten by chance: the interval is that of all of them together (Bonferroni). */
const worlds: readonly PairedWorld[] = [1000, 5000].flatMap((rows) => [0, -0.01, -0.02].map((change) => ({ rows, disagreement, change })));
const sizes: readonly PairedWorld[] = [200, 500, 1000, 2000, 5000, 10_000].flatMap((rows) =>
  [0.02, 0.06, 0.2].map((share) => ({ rows, disagreement: share, change: -options.margin })),
);
const powers: readonly PairedWorld[] = [0.02, 0.06, 0.2].map((share) => ({
  rows: requiredRows(share, options.margin, options),
  disagreement: share,
  change: 0,
}));
const comparisons = worlds.length * sayings.length + sizes.length + powers.length;
const reach = normalQuantile(1 - 0.05 / comparisons / 2);
let outside = 0;

const title: { readonly [saying in keyof Said]: string } = {
  newIsBest: '"new ≥ old" passes',
  dropOfHalfAPoint: '"drop of at most 0.5 points" passes',
  passes: 'non-inferiority, margin 1 point: passes',
  provenWorse: '… proven worse',
  inconclusive: '… inconclusive',
};

const sections = {
  'Gates compared': gatesTable(),
  'Size at the margin': sizeTable(),
  'Power as predicted': powerTable(),
  'Looking as often as one likes': looksTable(),
  Result: resultWords(),
};
for (const [name, text] of Object.entries(sections)) console.log(`## ${name}\n\n${text}\n`);
if (values.write)
  for (const [name, text] of Object.entries(sections)) writeFileSync(results, withSection(readFileSync(results, 'utf8'), name, text));
process.exitCode = outside === 0 ? 0 : 1;

function gatesTable(): string {
  const found = worlds.map((world) => ({ drawn: simulatedShares(world, repeats, seedOf(world)), exact: exactShares(world) }));
  const head = worlds.map(
    ({ rows, change }) => `${rows.toLocaleString('en')} rows, ${change === 0 ? 'equal' : `${(change * 100).toFixed(0)} pt`}`,
  );
  const lines = sayings.map(
    (saying) => `| ${title[saying]} | ${found.map(({ drawn, exact }) => cell(drawn, exact, saying)).join(' | ')} |`,
  );
  return [`| drawn (exact) | ${head.join(' | ')} |`, `|---|${worlds.map(() => '---:').join('|')}|`, ...lines].join('\n');
}

function sizeTable(): string {
  return [
    '| rows | models disagree on | passes, drawn | exact | drawn lies within |',
    '|---:|---:|---:|---:|---:|',
    ...sizes.map((world) => rowOf(world)),
  ].join('\n');
}

function powerTable(): string {
  return [
    '| rows that the gate asks for | models disagree on | passes, drawn | exact | drawn lies within |',
    '|---:|---:|---:|---:|---:|',
    ...powers.map((world) => rowOf(world)),
  ].join('\n');
}

/** As many courses of events as a twentieth of the samples above: each has a hundred looks. */
function looksTable(): string {
  const live = { alpha: 0.05, expected: 0.02, margin: 0.01, share: 0.5, leastRows: 1000 };
  const base = { champion: 0.9, step: 100, looks: 100 };
  const rows = [
    ['equal', { ...base, candidate: 0.9 }],
    ['worse by the margin', { ...base, candidate: 0.89 }],
    ['worse by 3 points', { ...base, candidate: 0.87 }],
    ['worse by 6 points', { ...base, candidate: 0.84 }],
    ['better by 3 points', { ...base, candidate: 0.93 }],
    ['equal, 100,000 outcomes', { ...base, candidate: 0.9, step: 1000 }],
  ] as const;
  const lines = rows.map(([name, world], index) => {
    const courses = coursesOf(world, live, index);
    const share = (said: (course: (typeof courses)[number]) => boolean): string => percent(courses.filter(said).length / courses.length, 1);
    const decided = courses.flatMap(({ decidedAt }) => decidedAt ?? []).sort((a, b) => a - b);
    const median = decided.length * 2 < courses.length ? 'more' : (decided[Math.floor(decided.length / 2)] ?? 0).toLocaleString('en');
    return `| ${[name, share(({ zTest }) => zTest), share(({ fail }) => fail), share(({ pass }) => pass), median].join(' | ')} |`;
  });
  const words = `Right in 90 % of outcomes, margin 1 point, a look after every ${base.step} outcomes of each arm up to 10,000; ${Math.round(repeats / 20).toLocaleString('en')} courses of events each.`;
  return [
    words,
    '',
    '| candidate | a z test at 5 % alarms at some look | `judgeLive` ever fails it | ever passes it | outcomes of each arm until half are decided |',
    '|---|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

function coursesOf(
  world: LiveWorld,
  live: Parameters<typeof lookAgainAndAgain>[1],
  seed: number,
): readonly ReturnType<typeof lookAgainAndAgain>[] {
  const random = seededRandom(7000 + seed);
  return Array.from({ length: Math.round(repeats / 20) }, () => lookAgainAndAgain(world, live, random));
}

function rowOf(world: PairedWorld): string {
  const [{ passes: drawn }, { passes: exact }] = [simulatedShares(world, repeats, seedOf(world)), exactShares(world)];
  count(drawn, exact);
  const words = [
    world.rows.toLocaleString('en'),
    percent(world.disagreement, 0),
    percent(drawn),
    percent(exact),
    `±${percent(intervalOf(exact))}`,
  ];
  return `| ${words.join(' | ')} |`;
}

function cell(drawn: Shares, exact: Shares, saying: keyof Said): string {
  count(drawn[saying], exact[saying]);
  return `${percent(drawn[saying])} (${percent(exact[saying])})`;
}

function count(drawn: number, exact: number): void {
  if (Math.abs(drawn - exact) > intervalOf(exact)) outside++;
}

/** Half of the width of the binomial interval of so many repeats, at 95 % for all comparisons together, and half a sample more. */
function intervalOf(exact: number): number {
  return reach * Math.sqrt((exact * (1 - exact)) / repeats) + 0.5 / repeats;
}

function resultWords(): string {
  return `\`node bench/models/simulation/main.ts --repeats ${repeats} --write\`: ${comparisons} shares of ${repeats.toLocaleString('en')} samples each, ${outside} of them outside of the binomial interval of the exact share (95 % for all together, ${reach.toFixed(2)} standard errors each). No clock is part of it: the seeds fix every digit.`;
}

function seedOf({ rows, disagreement: share, change }: PairedWorld): number {
  return rows * 1000 + Math.round(share * 100) * 10 + Math.round(change * -100);
}

function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}
