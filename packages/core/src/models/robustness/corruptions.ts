import type { FeatureColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TestSet } from '../test-set.ts';

/** What may be wrong with inputs where a model runs. */
export type Corruption = 'missing' | 'noise' | 'unseen' | 'stale';

export interface CorruptionRequest {
  readonly testSet: TestSet;
  readonly inputs: readonly FeatureColumn[];
  readonly corruption: Corruption;
  /** Share of the values that are touched, by a hash of row and column: for every model the same. */
  readonly share: number;
  /** For `stale`: the test set with its features as they were before, a Parquet file; null when there is none. */
  readonly stale: string | null;
  readonly to: string;
}

/** A value that no training set has. */
const unseenValue = '(unseen)';

/**
 * Writes the test set with some of its inputs spoiled, in the same order: `missing` values are empty, `noise` moves numbers by a tenth of their
 * standard deviation either way, `unseen` puts a text that never was, `stale` gives the features as they were some time before.
 *
 * @returns null when no input can be spoiled so
 */
export async function writeCorrupted(engine: Engine, request: CorruptionRequest): Promise<string | null> {
  const { testSet, inputs, corruption, to } = request;
  const replaced = inputs.flatMap((input, place) => {
    const value = corrupted(input, request);
    return value === null
      ? []
      : [`CASE WHEN ${isTouched(place, request)} THEN ${value} ELSE t.${quoteName(input.name)} END AS ${quoteName(input.name)}`];
  });
  if (replaced.length === 0) return null;
  const names = new Set(inputs.map(({ name }) => name));
  const kept = testSet.columns.filter((column) => !names.has(column)).map((column) => `t.${quoteName(column)}`);
  const untouched = inputs.filter((input) => corrupted(input, request) === null).map(({ name }) => `t.${quoteName(name)}`);
  const id = `t.${quoteName(testSet.id ?? '')}`;
  const stale =
    corruption === 'stale' && request.stale !== null
      ? ` LEFT JOIN read_parquet(${quoteText(request.stale)}) s ON s.${quoteName(testSet.id ?? '')} = ${id}`
      : '';
  await engine.run(
    `COPY (SELECT ${[...kept, ...untouched, ...replaced].join(', ')} FROM read_parquet(${quoteText(testSet.path)}, file_row_number = true) t${stale} ORDER BY t.file_row_number)
     TO ${quoteText(to)} (FORMAT parquet)`,
  );
  return to;
}

/** Of a stale row all inputs are old, of the others each value by itself. */
function isTouched(place: number, { corruption, share }: CorruptionRequest): string {
  const salt = corruption === 'stale' ? "'row'" : String(place);
  return `hash(t.file_row_number, ${quoteText(corruption)}, ${salt}) % 1000000 < ${Math.round(share * 1_000_000)}`;
}

function corrupted({ name, type }: FeatureColumn, { corruption, testSet, stale }: CorruptionRequest): string | null {
  const column = `t.${quoteName(name)}`;
  const isNumber = type === 'number' || type === 'integer';
  switch (corruption) {
    case 'missing':
      return 'NULL';
    case 'noise': {
      const moved = `${column} + (CASE WHEN hash(t.file_row_number, ${quoteText(name)}) % 2 = 0 THEN 1 ELSE -1 END) * 0.1 * (SELECT stddev_pop(CAST(${quoteName(name)} AS DOUBLE)) FROM read_parquet(${quoteText(testSet.path)}) WHERE isfinite(CAST(${quoteName(name)} AS DOUBLE)))`;
      return isNumber ? (type === 'integer' ? `CAST(round(${moved}) AS BIGINT)` : moved) : null;
    }
    case 'unseen':
      return type === 'string' ? quoteText(unseenValue) : null;
    case 'stale':
      return stale === null || testSet.id === null ? null : `s.${quoteName(name)}`;
  }
}
