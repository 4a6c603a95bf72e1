import type { Evaluation, Evidence, SeedSpread } from '@tidegate/formats';
import { measured } from '../../render/figures.ts';
import { dataTable } from '../data-table.ts';
import { intervalPlot } from '../forest.ts';
import { type Html, html } from '../html.ts';
import { evidenceTable } from './evidence-table.ts';

/** How far metrics differ by the seed of the training alone; the first metric is drawn. */
export function seedPart({ seeds = [] }: Evaluation, evidence: readonly Evidence[]): Html | null {
  if (seeds.length === 0 && evidence.length === 0) return null;
  const [first] = seeds;
  const table = dataTable(
    'Metrics by seed',
    [{ name: 'Metric' }, ...['Mean', 'Standard deviation', 'Least', 'Most', 'Judged'].map((name) => ({ name, kind: 'number' as const }))],
    seeds.map(({ metric, mean, sd, min, max, values: [judged] }) => [
      metric,
      ...[mean, sd, min, max, judged?.value ?? Number.NaN].map(measured),
    ]),
  );
  const told = evidence.filter(({ verdict }) => verdict !== 'pass');
  return html`${first && seedPlot(first)}${table}${evidenceTable('What the seeds say', seeds.length === 0 ? evidence : told)}`;
}

function seedPlot({ metric, higherIsBetter, values, mean }: SeedSpread): Html {
  return intervalPlot(
    values.map(({ seed, value }, place) => ({
      name: `seed ${seed}`,
      value,
      low: value,
      high: value,
      tone: place === 0 ? 'candidate' : 'champion',
      note: `${measured(value)}${place === 0 ? ', judged and released' : ''}`,
    })),
    { axis: `${metric} by seed, ${higherIsBetter ? 'higher' : 'lower'} is better`, guides: [{ at: mean, name: 'mean' }] },
  );
}
