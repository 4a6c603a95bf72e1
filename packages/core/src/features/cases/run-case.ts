import type { DatasetSchema } from '@tidegate/formats';
import { type Engine, quoteName, type Row } from '@tidegate/runtime';
import type { CaseRow, FeatureCase } from './case-file.ts';
import { CaseMistake, fillTables, literal, unknown } from './given-tables.ts';
import type { ServiceDefinition, ViewDefinition } from '../definitions.ts';
import { joinService } from '../joined-rows.ts';
import { differencesOf } from './match-rows.ts';
import { selectNewest } from '../materialise.ts';
import { internalName, resolveColumns, resolveView, type ResolvedView } from '../resolved-service.ts';
import { columnsOf, datasetsReadBy } from '../sql-check.ts';
import { engineFailure, type SqlSource } from '../sql-source.ts';

export interface CaseRoom {
  readonly engine: Engine;
  readonly datasets: readonly DatasetSchema[];
  /** Every dataset of the project, for messages about names that are none. */
  readonly known: readonly string[];
  readonly views: { readonly [name: string]: ViewDefinition };
  readonly services: { readonly [name: string]: ServiceDefinition };
}

/**
 * Computes a view or a service on the rows that a case gives.
 *
 * @returns what differs from what it expects; empty when it passes
 * @throws CaseMistake for what the case names and is not there; TG-FEATURES-… for what the definitions do not allow
 */
export async function runCase(room: CaseRoom, told: FeatureCase): Promise<readonly string[]> {
  await fillTables(room.engine, room.datasets, told.given);
  if ((told.view === undefined) === (told.service === undefined))
    throw new CaseMistake([], 'Cannot tell what to compute: a case names either a view or a service', 'Add "view:" or "service:"');
  const select =
    told.view === undefined ? await selectOfService(room, told, told.service ?? '') : await selectOfView(room, told, told.view);
  const columns = await room.engine.describe(select);
  const expected: Row[] = [];
  for (const [index, row] of told.expect.entries()) expected.push(await typed(room.engine, row, { columns, at: ['expect', index] }));
  return differencesOf(expected as readonly CaseRow[], await room.engine.rows(select));
}

async function selectOfView(room: CaseRoom, told: FeatureCase, name: string): Promise<string> {
  const view = Object.hasOwn(room.views, name) ? room.views[name] : undefined;
  if (view === undefined) throw unknown(['view'], 'view', { name, names: Object.keys(room.views) });
  await check(room, view.source);
  const resolved = resolveView({ as: name, rowKeys: view.keys, view }, [], await columnsOf(room.engine, view.source));
  const from = told.at === undefined ? `(${resolved.select})` : `(${selectNewest(resolved, momentOf(told.at))})`;
  const table = 'work.case_rows';
  await room.engine
    .run(`CREATE OR REPLACE TABLE ${table} AS SELECT ${viewColumns(resolved).join(', ')} FROM ${from}`)
    .catch((error: unknown) => {
      throw engineFailure(view.source, error);
    });
  return `SELECT * FROM ${table}`;
}

/** The columns of a view by its own names. */
function viewColumns({ join: { view }, features }: ResolvedView): readonly string[] {
  return [
    ...view.keys.map((key, index) => `key_${index} AS ${quoteName(key)}`),
    `event AS ${quoteName(view.time)}`,
    // a value that is never known has an infinite time inside
    ...(view.known === null || view.known === view.time ? [] : [`CASE WHEN isfinite(known) THEN known END AS ${quoteName(view.known)}`]),
    ...features.map((feature, index) => `feature_${index} AS ${quoteName(feature.name)}`),
  ];
}

function momentOf(at: string): number {
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(at) ? at : `${at.includes(':') ? at.replace(' ', 'T') : `${at}T00:00`}Z`);
  if (Number.isNaN(ms)) throw new CaseMistake(['at'], `Cannot read the moment "${at}"`, 'Write it as 2013-01-31T08:00:00Z');
  return ms;
}

async function selectOfService(room: CaseRoom, told: FeatureCase, name: string): Promise<string> {
  const definition = Object.hasOwn(room.services, name) ? room.services[name] : undefined;
  if (definition === undefined) throw unknown(['service'], 'feature service', { name, names: Object.keys(room.services) });
  if (told.at !== undefined)
    throw new CaseMistake(['at'], 'Cannot compute a service at one moment: each of its rows has its own', 'Remove "at"');
  for (const source of [definition.rows, ...definition.views.map((join) => join.view.source)]) await check(room, source);
  const service = await resolveColumns(room.engine, name, { definition, extra: [] });
  await joinService(room.engine, service);
  const columns = [
    `time AS ${quoteName(definition.time)}`,
    ...service.rows
      .filter((column) => column.name !== definition.time)
      .map((column) => `${internalName(service, column.name)} AS ${quoteName(column.name)}`),
    ...service.views.flatMap(({ join, features }, i) =>
      features.map((feature, k) => `value_${i}_${k} AS ${quoteName(`${join.as}__${feature.name}`)}`),
    ),
  ];
  return `SELECT ${columns.join(', ')} FROM work.joined`;
}

async function check(room: CaseRoom, source: SqlSource): Promise<void> {
  await datasetsReadBy(room.engine, source, { loaded: room.datasets.map((version) => version.dataset), known: room.known });
}

/** An expected row with the values as the engine would give them. */
async function typed(
  engine: Engine,
  row: CaseRow,
  {
    columns,
    at,
  }: { readonly columns: readonly { readonly name: string; readonly type: string }[]; readonly at: readonly (string | number)[] },
): Promise<Row> {
  const values = Object.entries(row).map(([name, value]) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw unknown([...at, name], 'column', { name, names: columns.map((candidate) => candidate.name) });
    // a number is compared as it was written, for its digits say how exact it is
    const type = /^(FLOAT|DOUBLE|DECIMAL)/.test(column.type) && typeof value === 'number' ? 'DOUBLE' : column.type;
    return `${literal(value, type)} AS ${quoteName(name)}`;
  });
  if (values.length === 0) return {};
  const [found] = await engine.rows(`SELECT ${values.join(', ')}`).catch((error: unknown) => {
    throw new CaseMistake(
      at,
      `Cannot use the expected row: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      'Expect values of the types that the columns have',
    );
  });
  return found ?? {};
}
