import { failure } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { joinAsOf } from './point-in-time.ts';
import { internalName, type ResolvedService, selectServiceRows } from './resolved-service.ts';
import { engineFailure } from './sql-source.ts';
import { makeViewTable, type ViewTable } from './view-table.ts';

/** The rows of a service with every view joined as of their times: the table `work.joined`. */
export interface JoinedRows {
  readonly table: 'work.joined';
  readonly views: readonly ViewTable[];
}

export interface JoinOptions {
  /** Only what there was of the views so long before the time of each row. Default 0. */
  readonly staleMs?: number;
}

/**
 * Computes the rows and the views of a service on the datasets that the engine shows, and joins them.
 *
 * @throws TG-FEATURES-SQL when the SQL fails on the data; TG-FEATURES-ROWS when the rows are not one for each prediction
 */
export async function joinService(engine: Engine, service: ResolvedService, { staleMs = 0 }: JoinOptions = {}): Promise<JoinedRows> {
  await makeRows(engine, service);
  const views: ViewTable[] = [];
  for (const view of service.views) {
    const made = makeViewTable(engine, view.join.as, view.parts);
    views.push(
      await made.catch((error: unknown) => {
        throw engineFailure(view.join.view.source, error);
      }),
    );
  }
  await joinAsOf(engine, 'work.joined', {
    rows: 'work.rows',
    staleMs,
    views: service.views.map(({ join }, index) => ({
      table: at(views, index),
      rowKeys: join.rowKeys.map((key) => internalName(service, key)),
      ttlMs: join.view.ttlMs,
    })),
  });
  return { table: 'work.joined', views };
}

async function makeRows(engine: Engine, service: ResolvedService): Promise<void> {
  const { definition } = service;
  await engine.run(`CREATE OR REPLACE TABLE work.rows AS ${selectServiceRows(service)}`).catch((error: unknown) => {
    throw engineFailure(definition.rows, error);
  });
  const id = internalName(service, definition.id);
  const [counts] = await engine.rows(
    `SELECT count(*) FILTER (time IS NULL) AS timeless, count(*) FILTER (${id} IS NULL) AS nameless, count(${id}) - count(DISTINCT ${id}) AS repeated FROM work.rows`,
  );
  const problems: readonly (readonly [string, string, string])[] = [
    ['timeless', `no "${definition.time}"`, `Leave them out: WHERE ${definition.time} IS NOT NULL`],
    ['nameless', `no "${definition.id}"`, `Give every row an id, or leave them out: WHERE ${definition.id} IS NOT NULL`],
    ['repeated', `a "${definition.id}" that another row has`, 'Select each prediction once: a join may have repeated rows'],
  ];
  for (const [count, what, hint] of problems) {
    const rows = Number(counts?.[count]);
    if (rows > 0) throw failure('TG-FEATURES-ROWS', `Cannot use ${definition.rows.what}: ${rows} of them have ${what}`, hint);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`Cannot find item ${index}; please report this`);
  return item;
}
