import type { FeatureColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText, type SeededRandom } from '@tidegate/runtime';
import { askedTable, placeColumn } from './asked-rows.ts';

/** Rows with something changed about them, the same asked rows in the same order each time. */
export type Probe =
  /** The values of these inputs shuffled among the rows, as one. */
  | { readonly kind: 'shuffled'; readonly inputs: readonly string[]; readonly repeats: number }
  /** Every row with each value in turn. */
  | { readonly kind: 'fixed'; readonly input: string; readonly values: readonly (number | string)[] };

export interface ProbesRequest {
  readonly inputs: readonly FeatureColumn[];
  readonly probes: readonly Probe[];
  /** Rows that are asked about. */
  readonly rows: number;
  readonly random: SeededRandom;
  readonly to: string;
}

const at = 'tidegate_at';

/** Writes all rows that a model is to be asked about into one Parquet file, so that its process is started once. */
export async function writeProbes(engine: Engine, { inputs, probes, rows, random, to }: ProbesRequest): Promise<void> {
  const names = inputs.map(({ name }) => quoteName(name));
  const types = new Map((await engine.describe(`SELECT * FROM ${askedTable}`)).map(({ name, type }) => [name, type]));
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_probes AS SELECT CAST(0 AS BIGINT) AS ${at}, ${names.join(', ')} FROM ${askedTable} WHERE false`,
  );
  let from = 0;
  for (const probe of probes) {
    const select = probe.kind === 'shuffled' ? shuffledSql(probe, { names, rows, random }) : fixedSql(probe, { names, rows, types });
    await engine.run(`INSERT INTO tidegate_probes SELECT ${from} + ${at}, * EXCLUDE (${at}) FROM (${select})`);
    from += timesOf(probe) * rows;
  }
  await engine.run(`COPY (SELECT ${names.join(', ')} FROM tidegate_probes ORDER BY ${at}) TO ${quoteText(to)} (FORMAT parquet)`);
  await engine.run('DROP TABLE tidegate_probes');
}

/** How many times the asked rows are in a probe. */
export function timesOf(probe: Probe): number {
  return probe.kind === 'shuffled' ? probe.repeats : probe.values.length;
}

function shuffledSql(
  { inputs, repeats }: Probe & { readonly kind: 'shuffled' },
  { names, rows, random }: { readonly names: readonly string[]; readonly rows: number; readonly random: SeededRandom },
): string {
  const moved = new Set(inputs.map(quoteName));
  const others = Array.from({ length: repeats }, () => [...shuffled(rows, random)]).flat();
  return `SELECT g.${at}, ${names.map((name) => `${moved.has(name) ? 'other' : 'own'}.${name}`).join(', ')}
    FROM (SELECT unnest(range(${rows * repeats})) AS ${at}, unnest([${others.join(', ')}]) AS place) g
    JOIN ${askedTable} own ON own.${placeColumn} = g.${at} % ${rows} JOIN ${askedTable} other ON other.${placeColumn} = g.place`;
}

function fixedSql(
  { input, values }: Probe & { readonly kind: 'fixed' },
  { names, rows, types }: { readonly names: readonly string[]; readonly rows: number; readonly types: ReadonlyMap<string, string> },
): string {
  const fixed = quoteName(input);
  return `SELECT g.place * ${rows} + own.${placeColumn} AS ${at}, ${names.map((name) => (name === fixed ? `CAST(g.value AS ${types.get(input) ?? 'VARCHAR'}) AS ${name}` : `own.${name}`)).join(', ')}
    FROM (SELECT unnest(range(${values.length})) AS place, unnest([${values.map((value) => quoteText(String(value))).join(', ')}]) AS value) g CROSS JOIN ${askedTable} own`;
}

/** The numbers below `rows` in an order of chance (Fisher and Yates). */
function shuffled(rows: number, random: SeededRandom): Int32Array {
  const places = Int32Array.from({ length: rows }, (_, place) => place);
  for (let place = rows - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [places[place], places[other]] = [places[other] ?? 0, places[place] ?? 0];
  }
  return places;
}
