import type { DatasetVersion, Digest } from '@tidegate/formats';
import { type Engine, entityKeyCodec, type OnlineEntry, type OnlineStore, type Row } from '@tidegate/runtime';
import { mkdir } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { ServiceDefinition } from './definitions.ts';
import { openService } from './open-service.ts';
import type { ResolvedService, ResolvedView, ViewColumnsFound } from './resolved-service.ts';
import { engineFailure } from './sql-source.ts';
import { names } from './view-table.ts';

export interface MaterialiseOrder {
  readonly store: ObjectStore;
  readonly online: OnlineStore;
  readonly service: string;
  readonly definition: ServiceDefinition;
  readonly datasets: readonly DatasetVersion[];
  /** Every dataset of the project, for messages about names that are none. */
  readonly known: readonly string[];
  /** Only what had happened and was known by then; milliseconds since 1970. */
  readonly atMs: number;
  /** Folder to work in, made when it is not there. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface MaterialisedView {
  readonly view: string;
  readonly version: Digest;
  /** Entities written. */
  readonly keys: number;
  /** False when the store already holds what was computed for a later moment; nothing was written then. */
  readonly written: boolean;
}

/** Rows that are held in memory at once. */
const batchSize = 10_000;

/**
 * Puts the newest values of each entity, for every view of a service, into the online store: what a point-in-time join at `atMs`
 * finds, a look-up at `atMs` finds. Each view version is replaced as a whole and at once, so doing it again changes nothing, and what a
 * correction took out of the data is gone.
 *
 * @throws TG-FEATURES-… for what the definitions or the data do not allow
 */
export async function materialise(order: MaterialiseOrder): Promise<readonly MaterialisedView[]> {
  await mkdir(order.folder, { recursive: true });
  const room = { store: order.store, folder: order.folder, spill: `${order.folder}/.spill-online`, signal: order.signal };
  using open = await openService({ ...order, room, name: order.service, extra: [] });
  const done: MaterialisedView[] = [];
  const versions = new Set<Digest>();
  for (const view of open.service.views) {
    order.signal.throwIfAborted();
    // a view that is joined twice is stored once
    if (!versions.has(view.version)) done.push(await materialiseView(open.engine, { view, service: open.service, order }));
    versions.add(view.version);
  }
  return done;
}

async function materialiseView(
  engine: Engine,
  { view, service, order }: { readonly view: ResolvedView; readonly service: ResolvedService; readonly order: MaterialiseOrder },
): Promise<MaterialisedView> {
  await engine.run(`CREATE OR REPLACE TABLE work.newest AS ${selectNewest(view, order.atMs)}`).catch((error: unknown) => {
    throw engineFailure(view.join.view.source, error);
  });
  const [count] = await engine.rows('SELECT count(*) AS rows FROM work.newest');
  const keys = view.join.rowKeys.map(
    (name) => ({ name, type: service.spec.keys.find((key) => key.name === name)?.type ?? 'string' }) as const,
  );
  const encode = entityKeyCodec(keys);
  const written = await order.online.replace(
    view.version,
    entriesOf(engine, encode, { table: 'newest', view, signal: order.signal }),
    order.atMs * 1000,
  );
  return { view: view.join.as, version: view.version, keys: Number(count?.['rows']), written };
}

/** The greatest (event, known) of each entity that is available by then, ties broken as the join breaks them. */
export function selectNewest({ select, parts }: Pick<ViewColumnsFound, 'select' | 'parts'>, atMs: number): string {
  const keys = names('key', parts.keys.length);
  const features = names('feature', parts.features.length);
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `;
  const order = ['event DESC', 'available DESC', 'known DESC', ...features.map((feature) => `${feature} DESC NULLS LAST`)];
  return `SELECT *, epoch_us(event) AS event_us, epoch_us(known) AS known_us FROM (${select}) WHERE epoch_us(available) <= ${Math.round(atMs * 1000)}
    QUALIFY row_number() OVER (${partition}ORDER BY ${order.join(', ')}) = 1`;
}

/** The rows of a table in the schema `work` as entries of the store. */
export async function* entriesOf(
  engine: Engine,
  encode: ReturnType<typeof entityKeyCodec>,
  { table, view, signal }: { readonly table: string; readonly view: Pick<ViewColumnsFound, 'parts'>; readonly signal: AbortSignal },
): AsyncGenerator<readonly OnlineEntry[]> {
  const keys = names('key', view.parts.keys.length);
  const features = names('feature', view.parts.features.length);
  for (let from = 0; ; from += batchSize) {
    signal.throwIfAborted();
    const rows = await engine.rows(
      `SELECT ${[...keys, 'event_us', 'known_us', ...features].join(', ')} FROM work.${table} WHERE rowid >= ${from} AND rowid < ${from + batchSize}`,
    );
    if (rows.length === 0) return;
    yield rows.map((row) => entryOf(row, { key: encode(keys.map((key) => row[key])), features }));
  }
}

function entryOf(row: Row, { key, features }: { readonly key: string | null; readonly features: readonly string[] }): OnlineEntry {
  if (key === null) throw new Error('Cannot store a row without a key: the view drops them; please report this');
  return {
    key,
    eventUs: Number(row['event_us']),
    knownUs: Number(row['known_us']),
    values: features.map((feature) => row[feature] ?? null),
  };
}
