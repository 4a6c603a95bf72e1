import type { Engine } from '@tidegate/runtime';
import { names, type ViewTable } from './view-table.ts';

/** One view to join: the rows' columns that hold its keys, in the order of the view's keys. */
export interface PointInTimeView {
  readonly table: ViewTable;
  readonly rowKeys: readonly string[];
  /** Milliseconds; null = no limit. */
  readonly ttlMs: number | null;
}

/**
 * Joins views to rows as of each row's own time, into a new table: every column of `rows`, and for view number i
 * `event_i` (the event found, expired or not), `used_i` (whether it is within the time to live) and `value_i_0 …`
 * (its features, NULL unless used). Each row exactly once, in no order.
 *
 * A value is used when `row time - ttl <= event <= row time` and `known <= row time`, bounds inclusive; of several the one with
 * the greatest (event, known). NULL keys match nothing, a NULL row time finds nothing. The rule is that of Feast's brute-force
 * oracle with the known cut always on; see docs/explanation/point-in-time.md.
 *
 * With `staleMs` a row finds only what there was that long before its time, as where values come late or a refresh has failed; how old a value is, is still
 * told from the row's time, so that what has expired by then is not used.
 *
 * @param rows table with the time as TIMESTAMP in the column `time`
 */
export async function joinAsOf(
  engine: Engine,
  into: string,
  from: { readonly rows: string; readonly views: readonly PointInTimeView[]; readonly staleMs?: number },
): Promise<void> {
  const { staleMs = 0 } = from;
  const seen = staleMs === 0 ? 'r.time' : `r.time - to_microseconds(${Math.round(staleMs * 1000)})`;
  const found = from.views.flatMap(({ table }, i) => [
    `w${i}.event AS event_${i}`,
    `(w${i}.event IS NOT NULL AND ${withinAge(`w${i}.event`, from.views[i]?.ttlMs ?? null)}) AS used_${i}`,
    ...names('feature', table.features).map((feature, k) => `w${i}.${feature} AS found_${i}_${k}`),
  ]);
  const joins = from.views.map(({ table, rowKeys }, i) => {
    const equal = rowKeys.map((key, k) => `r.${key} = w${i}.key_${k} AND `).join('');
    return `ASOF LEFT JOIN ${table.winners} w${i} ON ${equal}${seen} >= w${i}.available`;
  });
  const hidden = from.views.flatMap(({ table }, i) => names(`found_${i}`, table.features));
  const values = from.views.flatMap(({ table }, i) =>
    names(`found_${i}`, table.features).map((name, k) => `CASE WHEN used_${i} THEN ${name} END AS value_${i}_${k}`),
  );
  const kept = hidden.length === 0 ? '*' : `* EXCLUDE (${hidden.join(', ')}), ${values.join(', ')}`;
  await engine.run(
    `CREATE OR REPLACE TABLE ${into} AS SELECT ${kept} FROM (SELECT ${['r.*', ...found].join(', ')} FROM ${from.rows} r ${joins.join('\n')})`,
  );
}

/** SQL that says an event is not older than the time to live at the time of row `r`. */
export function withinAge(event: string, ttlMs: number | null): string {
  return ttlMs === null ? 'true' : `epoch_us(r.time) - epoch_us(${event}) <= ${Math.round(ttlMs * 1000)}`;
}
