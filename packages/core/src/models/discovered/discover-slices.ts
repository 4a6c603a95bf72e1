import type { FeatureColumn } from '@tidegate/formats';
import { type Condition, type Engine, findWeakSlices, type Sample, takeRows, type WeakSlices } from '@tidegate/runtime';
import { comparableInputs, readInputCells } from '../input-cells.ts';
import { rowLosses } from '../row-losses.ts';

export interface DiscoveryRequest {
  readonly engine: Engine;
  /** Path of the rows with the inputs of the model. */
  readonly testSet: string;
  readonly inputs: readonly FeatureColumn[];
  /** The predictions that are judged by: labelled rows in order. */
  readonly predictions: string;
  readonly candidate: Sample;
  /** Null when there is none to compare with. */
  readonly champion: Sample | null;
  /** Of the labelled rows those that both models may be compared by; without a champion all. */
  readonly rows: Int32Array;
  readonly seed: number;
}

/** What was looked for and found: see `findWeakSlices`. */
export interface DiscoveredSlices extends WeakSlices {
  readonly against: 'champion' | 'rest';
}

/** Fewer rows and nothing is looked for. */
const fewestRows = 500;
/** Rows that are looked at; of more every so many. */
const mostRows = 20_000;
/** Share of false finds among those that are told. */
const falseFinds = 0.05;

/** Looks for slices that nobody named in which the candidate is worse than the champion, or without one, worse than elsewhere; null for too few rows. */
export async function discoverSlices(request: DiscoveryRequest): Promise<DiscoveredSlices | null> {
  const { engine, inputs, candidate, champion, seed } = request;
  const step = Math.max(1, Math.ceil(request.rows.length / mostRows));
  const rows = request.rows.filter((_, place) => place % step === 0);
  if (rows.length < fewestRows || comparableInputs(inputs).length === 0) return null;
  const own = rowLosses(takeRows(candidate, rows));
  const theirs = champion === null ? null : rowLosses(takeRows(champion, rows));
  const loss = theirs === null ? own : own.map((value, row) => value - (theirs[row] ?? 0));
  if (!loss.every(Number.isFinite)) return null;
  const columns = await readInputCells(engine, { testSet: request.testSet, predictions: request.predictions, inputs, rows });
  const found = findWeakSlices({
    columns,
    loss,
    ...(candidate.clusters !== undefined && { clusters: Int32Array.from(rows, (row) => candidate.clusters?.[row] ?? 0) }),
    against: theirs === null ? 'rest' : 'zero',
    falseFinds,
    leastRows: Math.max(30, Math.ceil(rows.length / 100)),
    seed,
  });
  return { ...found, against: theirs === null ? 'rest' : 'champion' };
}

/** A slice in words: `wind > 0.7 and origin is JFK`. */
export function sliceWords(conditions: readonly Condition[]): string {
  return conditions.map(conditionWords).join(' and ');
}

function conditionWords(condition: Condition): string {
  const { column } = condition;
  switch (condition.kind) {
    case 'at-most':
      return `${column} <= ${Number(condition.value.toPrecision(6))}`;
    case 'above':
      return `${column} > ${Number(condition.value.toPrecision(6))}`;
    case 'is':
      return `${column} is ${condition.value}`;
    case 'is-not':
      return `${column} is not ${condition.value}`;
    case 'missing':
      return `${column} is missing`;
    case 'known':
      return `${column} is not missing`;
  }
}
