import type { Certificate } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { JoinedRows } from './joined-rows.ts';
import { withinAge } from './point-in-time.ts';
import { internalName, type ResolvedService, type ResolvedView } from './resolved-service.ts';
import { names, type ViewTable } from './view-table.ts';

export type ViewNumbers = Certificate['views'][number];

/** What can be counted about the join of each view, over the rows that are in the training or the test set. */
export async function countJoins(engine: Engine, service: ResolvedService, { views }: JoinedRows): Promise<readonly ViewNumbers[]> {
  const numbers: ViewNumbers[] = [];
  for (const [index, view] of service.views.entries()) {
    const table = views[index];
    if (table !== undefined) numbers.push(await countView(engine, { service, view, table, index }));
  }
  return numbers;
}

interface Joined {
  readonly service: ResolvedService;
  readonly view: ResolvedView;
  readonly table: ViewTable;
  readonly index: number;
}

async function countView(engine: Engine, joined: Joined): Promise<ViewNumbers> {
  const { index } = joined;
  const [row] = await engine.rows(
    `SELECT count(*) FILTER (used_${index}) AS present, count(*) FILTER (NOT used_${index} AND event_${index} IS NOT NULL) AS expired,
       count(*) FILTER (event_${index} IS NULL) AS missing, max(epoch_us(time) - epoch_us(event_${index})) FILTER (used_${index}) / 1000 AS age
     FROM work.divided WHERE part IN ('train', 'test')`,
  );
  return {
    view: joined.view.join.as,
    present: Number(row?.['present']),
    expired: Number(row?.['expired']),
    missing: Number(row?.['missing']),
    excludedNotYetKnown: joined.table.hasKnown ? await countExcluded(engine, joined) : 0,
    tiesBroken: await countTies(engine, joined),
    maxAgeMs: row?.['age'] === null ? null : Number(row?.['age']),
  };
}

/** Rows for which the newest event in reach had a version that was not known yet. */
async function countExcluded(engine: Engine, { service, view, table }: Joined): Promise<number> {
  const keys = names('key', table.keys)
    .map((key) => `${key}, `)
    .join('');
  await engine.run(
    `CREATE OR REPLACE TABLE work.newest AS SELECT ${keys}event, max(available) AS last_available FROM ${table.rows} GROUP BY ${keys}event`,
  );
  const [row] = await engine.rows(
    `SELECT count(*) AS rows FROM work.divided r ASOF JOIN work.newest w ON ${equalKeys(service, view)}r.time >= w.event
     WHERE r.part IN ('train', 'test') AND w.last_available > r.time AND ${withinAge('w.event', view.join.view.ttlMs)}`,
  );
  return Number(row?.['rows']);
}

/** Rows that used an event of which another version could be used as well. */
async function countTies(engine: Engine, { service, view, table, index }: Joined): Promise<number> {
  const [row] = await engine.rows(
    `SELECT count(*) AS rows FROM work.divided r JOIN ${table.ties} w ON ${equalKeys(service, view)}r.event_${index} = w.event
     WHERE r.part IN ('train', 'test') AND r.used_${index} AND w.second <= r.time`,
  );
  return Number(row?.['rows']);
}

function equalKeys(service: ResolvedService, view: ResolvedView): string {
  return view.join.rowKeys.map((key, k) => `r.${internalName(service, key)} = w.key_${k} AND `).join('');
}
