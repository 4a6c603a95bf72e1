import { shape } from '@tidegate/formats';
import { type Engine, quoteText, type Recomputed, type Sample, withoutGaps } from '@tidegate/runtime';
import { readFile } from '../../platform/index.ts';
import type { ScoredRows } from '../scored-rows.ts';
import { askMetric, unanswered } from './ask-metric.ts';
import { type CustomMetricsRequest, metricRows } from './custom-metrics.ts';

/** What a metric over all predictions is, of one model over one set of rows. It is in the request of the judge, so that a verdict needs no Python again. */
export interface WholeMetric {
  /** Without `custom.`. */
  readonly metric: string;
  readonly model: 'candidate' | 'champion';
  /** All labelled rows, or those by which the two models may be compared. */
  readonly rows: 'all' | 'comparable';
  readonly value: number;
  /** Over drawn samples, in the order of the draws, which are the same for both models; null where it could not be computed. */
  readonly replicates: readonly (number | null)[];
  /** With each of at most 200 groups of rows left out. */
  readonly left: readonly (number | null)[];
}

/** Seconds that one function may be asked about one model and one set of rows. */
const mostSeconds = 60;

export interface WholeMetricsRequest extends Omit<CustomMetricsRequest, 'to'> {
  readonly seed: number;
  readonly replicates: number;
}

/**
 * Asks the user's functions for one number over all predictions, and for those over drawn rows: in one process for each, up to 2,000 times or for a minute.
 *
 * @throws TG-MODELS-METRIC-FUNCTION
 */
export async function wholeMetrics(request: WholeMetricsRequest): Promise<readonly WholeMetric[]> {
  const { engine, metrics, predictions, hasChampion, seed, replicates } = request;
  const comparable = 'p.champion_known AND NOT p.champion_trained';
  const sets = [
    { model: 'candidate', rows: 'all', column: 'prediction', where: 'true' },
    ...(hasChampion
      ? ([
          { model: 'candidate', rows: 'comparable', column: 'prediction', where: comparable },
          { model: 'champion', rows: 'comparable', column: 'champion', where: comparable },
        ] as const)
      : []),
  ] as const;
  const found: WholeMetric[] = [];
  for (const { model, rows, column, where } of sets) {
    const select = await metricRows(request, { model: column, where });
    const units = await clustersOf(engine, { select, predictions });
    const writeRows = (path: string): Promise<void> => engine.run(`COPY (${select}) TO ${quoteText(path)} (FORMAT json)`);
    for (const [name, metric] of Object.entries(metrics)) {
      const told = { units, seed, replicates, seconds: mostSeconds };
      const answer = await askMetric({ ...request, name, metric, about: `${model}-${rows}-${name}`, writeRows, told });
      const parsed = shape.parse(answerShape, JSON.parse(await readFile(answer, 'utf8')) as unknown);
      if (!parsed.ok) throw unanswered(name, metric, 'what it answered cannot be read');
      found.push({ metric: name, model, rows, ...parsed.value });
    }
  }
  return found;
}

const cell = shape.either(shape.number(), shape.anything(), (value) => (typeof value === 'number' ? 'first' : 'second'));
const cells = shape.map(shape.list(cell), (values) => values.map((value) => (typeof value === 'number' ? value : null)));
const answerShape = shape.object({
  value: shape.required(shape.number()),
  replicates: shape.required(cells),
  left: shape.required(cells),
});

/** The cluster of each row as an index without gaps; null where every row is independent. */
async function clustersOf(
  engine: Engine,
  { select, predictions }: { readonly select: string; readonly predictions: string },
): Promise<readonly number[] | null> {
  const described = await engine.describe(`SELECT * FROM read_parquet(${quoteText(predictions)}) LIMIT 0`);
  if (!described.some(({ name }) => name === 'cluster')) return null;
  const rows = await engine.rows(
    `SELECT p.cluster AS cluster FROM (${select}) s JOIN read_parquet(${quoteText(predictions)}) p ON p.row = s.tidegate_row ORDER BY p.row`,
  );
  return [...withoutGaps(rows.map((row) => row['cluster']))];
}

/** The rows with what was computed of them as a whole. */
export function withWholeMetrics(scored: ScoredRows, found: readonly WholeMetric[]): ScoredRows {
  if (found.length === 0) return scored;
  const recomputed = (model: WholeMetric['model'], rows: WholeMetric['rows']): Pick<Sample, 'recomputed'> => ({
    recomputed: Object.fromEntries(
      found.filter((one) => one.model === model && one.rows === rows).map((one) => [`custom.${one.metric}`, recomputedOf(one)]),
    ),
  });
  return {
    ...scored,
    candidate: { ...scored.candidate, ...recomputed('candidate', 'all') },
    pair: { candidate: recomputed('candidate', 'comparable'), champion: recomputed('champion', 'comparable') },
  };
}

function recomputedOf({ value, replicates, left }: WholeMetric): Recomputed {
  const numbers = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (one) => one ?? Number.NaN);
  return { value, replicates: numbers(replicates), left: numbers(left) };
}
