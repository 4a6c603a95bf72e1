import type { Engine, Row } from '@tidegate/runtime';
import type { RowsNaming } from '../profile/measured-rows.ts';
import type { Check, ShownColumn } from './check.ts';
import { edgeNames, type Measurement } from './measurement.ts';
import { tuple } from './tuple.ts';

/** Whole numbers as close as this, in possible values a row, are counted in sets of bits. */
const valuesPerRow = 64;
/** Values that a set of bits is for, as a power of two. */
const setBits = 12;
/** Sets of which example rows are shown. */
const shownSets = 5;

interface RepeatsRequest {
  readonly checks: readonly Check[];
  readonly measurements: readonly Measurement[];
  readonly rows: RowsNaming;
  /** What the first scan found: of whole numbers the least and the greatest. */
  readonly first: Row;
}

/** Counts the rows that repeat others, for each check of such rows in a scan of its columns. */
export async function countRepeats(engine: Engine, { checks, measurements, rows, first }: RepeatsRequest): Promise<readonly Measurement[]> {
  const counted: Measurement[] = [];
  for (const [index, measurement] of measurements.entries()) {
    const measure = checks[index]?.measure;
    if (measure?.kind !== 'repeats') counted.push(measurement);
    else {
      const low = closeFrom(index, first, measurement.rows);
      const found =
        low === null
          ? { found: await repeatsOf(engine, measure.columns, rows) }
          : await closeRepeats(engine, measure.columns, { rows, low });
      counted.push({ ...measurement, ...found });
    }
  }
  return counted;
}

async function repeatsOf(engine: Engine, columns: readonly ShownColumn[], rows: RowsNaming): Promise<number> {
  const { list, present } = tuple(columns);
  const each = `SELECT count(*) AS n FROM (${rows(list)}) WHERE ${present} GROUP BY ${list}`;
  const [row] = await engine.rows(`SELECT coalesce(sum(n - 1), 0) AS n FROM (${each})`);
  return Number(row?.['n'] ?? 0);
}

/** The least of whole numbers that lie close together; null where they do not, or are none. */
function closeFrom(index: number, first: Row, rows: number): number | null {
  const [low, high] = edgeNames(index).map((name) => first[name] ?? null);
  if (typeof low !== 'number' || typeof high !== 'number') return null; // beyond 2^53 they are texts
  return high - low < rows * valuesPerRow ? low : null;
}

/** A bit for each value that occurred takes the engine a fifth of what a table of them does, and little memory: the rows of a set less its bits repeat others. */
async function closeRepeats(
  engine: Engine,
  [column]: readonly ShownColumn[],
  { rows, low }: { readonly rows: RowsNaming; readonly low: number },
): Promise<Pick<Measurement, 'found' | 'among'>> {
  const value = `(CAST(${column?.sql ?? 'NULL'} AS BIGINT) - ${low})`;
  const set = `(${value} >> ${setBits})`;
  const last = 2 ** setBits - 1;
  const repeated = `count(*) - bit_count(bitstring_agg((${value} & ${last})::INT, 0, ${last}))`;
  const sets = `SELECT ${set} AS s, ${repeated} AS n FROM (${rows(value)}) WHERE ${column?.sql ?? 'NULL'} IS NOT NULL GROUP BY s HAVING n > 0`;
  const [row] = await engine.rows(`SELECT coalesce(sum(n), 0) AS n, array_to_string(min(s, ${shownSets}), ', ') AS sets FROM (${sets})`);
  const found = Number(row?.['n'] ?? 0);
  return found === 0 ? { found } : { found, among: `${set} IN (${String(row?.['sets'])})` };
}
