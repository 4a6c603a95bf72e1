import type { DatasetVersion, FeatureColumn, TestCase } from '@tidegate/formats';
import type { Cell, Engine, FeatureReader, FeatureStatus, Row } from '@tidegate/runtime';
import { mkdir } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { ServiceDefinition } from './definitions.ts';
import { openService } from './open-service.ts';
import { joinAsOf } from './point-in-time.ts';
import { internalName, type ResolvedService, selectServiceRows } from './resolved-service.ts';
import { engineFailure } from './sql-source.ts';
import { makeViewTable } from './view-table.ts';

export interface OnlineComparison {
  readonly store: ObjectStore;
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly datasets: readonly DatasetVersion[];
  /** Of the online store that was filled from these datasets as of that moment. */
  readonly reader: FeatureReader;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Folder to work in. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Entities that are looked up, chosen by a hash of their keys. */
const mostEntities = 200;

/**
 * Whether serving finds what training computes: for entities of the service's own rows, what the online store gives as of a moment against the point-in-time
 * join that makes training sets, as of the same moment. A case for each feature of a view; of times and other types the status is compared, and not the value.
 *
 * @returns no case for a service without views
 */
export async function compareOnline(comparison: OnlineComparison): Promise<readonly TestCase[]> {
  const { store, name, definition, datasets, reader, atMs, folder, signal } = comparison;
  if (reader.columns.length === 0) return [];
  await mkdir(folder, { recursive: true });
  using open = await openService({
    room: { store, folder, spill: `${folder}/.spill-compare`, signal },
    name,
    definition,
    extra: [],
    datasets,
    known: datasets.map(({ dataset }) => dataset),
  });
  const { engine, service } = open;
  await joinEntities(engine, service, atMs);
  const keys = service.spec.keys.map((key) => ({ name: key.name, internal: internalName(service, key.name) }));
  const rows = await engine.rows(`SELECT * FROM work.found ORDER BY ALL`);
  const entities = rows.map((row): Row => Object.fromEntries(keys.map((key) => [key.name, row[key.internal] ?? null])));
  const online = await reader.lookUp(
    entities,
    entities.map(() => atMs),
  );
  return columnsOf(service).map(({ column, value, event, used }, index) => {
    const statuses = online.statuses[index] ?? [];
    const values = online.values[index] ?? [];
    const differing = rows.filter((row, at) => {
      const status =
        row[event] === null ? 'NOT_FOUND' : row[used] !== true ? 'OUTSIDE_MAX_AGE' : row[value] === null ? 'NULL_VALUE' : 'PRESENT';
      return !isSame({ column, status, value: row[value] ?? null }, { status: statuses[at], value: values[at] ?? null });
    }).length;
    return {
      name: `${column.name}: serving finds what training computes`,
      outcome: rows.length === 0 ? 'skipped' : differing > 0 ? 'failed' : 'passed',
      durationMs: 0,
      message:
        rows.length === 0 ? 'The service has no rows' : differing > 0 ? `It differs for ${differing} of ${rows.length} entities` : '',
    };
  });
}

/** The table `work.found`: entities with what each view has for them as of the moment. */
async function joinEntities(engine: Engine, service: ResolvedService, atMs: number): Promise<void> {
  const keys = service.spec.keys.map(({ name }) => internalName(service, name));
  const list = keys.join(', ');
  const known = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  const chosen = `SELECT DISTINCT ${list} FROM (${selectServiceRows(service)}) WHERE ${known}`;
  await engine.run(
    `CREATE OR REPLACE TABLE work.entities AS SELECT ${list}, make_timestamp(${Math.round(atMs * 1000)}) AS time
     FROM (${chosen}) ORDER BY md5(concat_ws('|', ${list})), ${list} LIMIT ${mostEntities}`,
  );
  const views = [];
  for (const { join, parts } of service.views) {
    const table = await makeViewTable(engine, join.as, parts).catch((error: unknown) => {
      throw engineFailure(join.view.source, error);
    });
    views.push({ table, rowKeys: join.rowKeys.map((key) => internalName(service, key)), ttlMs: join.view.ttlMs });
  }
  await joinAsOf(engine, 'work.found', { rows: 'work.entities', views });
}

interface ComparedColumn {
  readonly column: FeatureColumn;
  readonly value: string;
  readonly event: string;
  readonly used: string;
}

/** In the order of the reader: the views one after another. */
function columnsOf({ views }: ResolvedService): readonly ComparedColumn[] {
  return views.flatMap(({ join, features }, view) =>
    features.map((feature, index) => ({
      column: { ...feature, name: `${join.as}__${feature.name}` },
      value: `value_${view}_${index}`,
      event: `event_${view}`,
      used: `used_${view}`,
    })),
  );
}

function isSame(
  { column, status, value }: { readonly column: FeatureColumn; readonly status: FeatureStatus; readonly value: Cell },
  online: { readonly status: FeatureStatus | undefined; readonly value: Cell },
): boolean {
  if (status !== online.status) return false;
  if (status !== 'PRESENT') return true;
  switch (column.type) {
    case 'number':
    case 'integer': {
      const [a, b] = [Number(value), Number(online.value)];
      return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
    }
    case 'boolean':
      return Number(value) === Number(online.value);
    case 'string':
      return value === online.value;
    default:
      return true;
  }
}
