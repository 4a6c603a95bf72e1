import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wilsonEstimate } from '@tidegate/runtime';
import { withSection } from '../../data/sections.ts';
import { drawnRates, foundShares } from './drawn.ts';
import { flightDays, realSeries } from './real.ts';

// node bench/validation/anomalies/main.ts [--write] [--real]: false alarms and power of what judges versions by those before them, on drawn and on real histories; with `--real` only on real ones, what is written of the others stays
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
const withBounds = ([alarms, all]: readonly [number, number]): string => {
  const { low, high } = wilsonEstimate(alarms, all, 0.975);
  return `${percent(alarms / all)} (${percent(low ?? 0)} to ${percent(high ?? 1)})`;
};
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
];

const results = join(import.meta.dirname, '../RESULTS-anomalies.md');
const onlyReal = process.argv.includes('--real');

function drawnPart(): readonly string[] {
  const drawn = drawnRates();
  const found = foundShares();
  return [
    '# Anomalies: false alarms and power',
    '',
    '`node bench/validation/anomalies/main.ts --write`, seed 20261130. A rate stands with its 95 % interval (Wilson).',
    '',
    '## Nothing changed: drawn histories',
    '',
    'One measure, with 5, 10, 30 and 100 versions before the one that is judged (1000, 500, 600 and 150 histories); how often its chance is below what is declared.',
    '',
    ...table(
      ['history', 'versions', 'declared 5 %', 'declared 1 %', 'declared 0.1 %'],
      drawn.map(({ family, versions, rates, all }) => [family, String(versions), ...rates.map((alarms) => withBounds([alarms, all]))]),
    ),
    '',
    '## A shift: how often it is found',
    '',
    'A normal measure moves by so many standard deviations; declared 0.1 %, about what a measure has of a version with ten.',
    '',
    ...table(
      ['versions', ...found.shifts.map((shift) => `${shift} sd`)],
      found.rows.map(({ versions, shares }) => [String(versions), ...shares.map((share) => `${Math.round(share * 100)} %`)]),
    ),
    '',
  ];
}

function realPart(): readonly string[] {
  const flights = flightDays();
  const real = realSeries();
  return [
    `Flights from New York by day in 2013 (${flights.from}), each a version with ${flights.measures} measures, judged from the sixth day on by those before it; 1 % declared for all measures together.`,
    `Nobody has said which days are as ever, so these alarms need not be false (4 July, Labor Day, Thanksgiving and Christmas are among them, and days of snow): **${flights.alarms.length} of ${flights.all} days, ${withBounds([flights.alarms.length, flights.all])}**.`,
    '',
    ...flights.alarms.map(({ day, measures }) => `- ${day}: ${measures.join(', ')}`),
    '',
    `Series of ${real.from}, one measure, 1 % declared; every value from the sixth on is judged by those before it.`,
    '',
    ...table(
      ['series', 'values judged', 'alarms'],
      real.series.map(({ name, all, alarms }) => [name, String(all), withBounds([alarms, all])]),
    ),
    row(['**all**', String(real.all), withBounds([real.alarms, real.all])]),
    '',
  ];
}

const real = realPart().join('\n');
const page = onlyReal
  ? withSection(readFileSync(results, 'utf8'), 'Real histories', real.trim())
  : [...drawnPart(), '## Real histories', '', real].join('\n');
if (process.argv.includes('--write')) writeFileSync(results, page);
else process.stdout.write(page);
