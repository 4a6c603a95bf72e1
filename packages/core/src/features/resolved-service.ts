import { type Digest, failure, type FeatureColumn, type FeatureServiceSpec, nearest } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import type { JoinedView, ServiceDefinition, ViewDefinition } from './definitions.ts';
import { type FeatureType, featureType, isTimeType, keyType } from './feature-type.ts';
import { serviceVersion, viewVersion } from './meaning.ts';
import { columnsOf } from './sql-check.ts';
import { statementIn } from './sql-text.ts';
import { selectRows } from './view-table.ts';

/** A feature service whose columns were found, with their types, on dataset versions. */
export interface ResolvedService {
  readonly definition: ServiceDefinition;
  readonly spec: FeatureServiceSpec;
  /** Columns of the rows that are used, each under a name of ours. */
  readonly rows: readonly RowColumn[];
  readonly views: readonly ResolvedView[];
}

export interface RowColumn extends FeatureColumn {
  /** `column_0 …` */
  readonly internal: string;
  /** SQL over the query of the rows. */
  readonly expression: string;
}

export interface ResolvedView extends ViewColumnsFound {
  readonly join: JoinedView;
}

/** A view whose columns were found, with their types. */
export interface ViewColumnsFound {
  readonly version: Digest;
  readonly keys: readonly FeatureColumn[];
  readonly features: readonly FeatureColumn[];
  readonly hasKnown: boolean;
  /** SELECT of the view's rows under names of ours: see {@link selectRows}. */
  readonly select: string;
  /** The same in parts. */
  readonly parts: {
    readonly query: string;
    readonly keys: readonly string[];
    readonly event: string;
    readonly known: string | null;
    readonly features: readonly string[];
  };
}

interface Found {
  readonly name: string;
  readonly type: string;
}

/**
 * Finds the columns of a service and their types; the SQL must have been checked before.
 *
 * @param extra columns of the rows that the sets carry besides: slices
 * @throws TG-FEATURES-SQL, TG-FEATURES-COLUMN, TG-FEATURES-KEY-TYPE
 */
export async function resolveColumns(
  engine: Engine,
  name: string,
  { definition, extra }: { readonly definition: ServiceDefinition; readonly extra: readonly string[] },
): Promise<ResolvedService> {
  const rows = rowColumns(definition, await columnsOf(engine, definition.rows), extra);
  const views: ResolvedView[] = [];
  for (const join of definition.views) views.push(resolveView(join, rows, await columnsOf(engine, join.view.source)));
  const spec = specOf(name, { definition, rows, views });
  refuseEqualNames([
    definition.id,
    definition.time,
    ...spec.columns.map((column) => column.name),
    definition.label,
    ...extraOf({ definition, spec }, extra),
  ]);
  return { definition, spec, rows, views };
}

/** Which of these columns the sets do not have already as id, time, feature or label. */
export function extraOf({ definition, spec }: Pick<ResolvedService, 'definition' | 'spec'>, extra: readonly string[]): readonly string[] {
  const there = new Set([definition.id, definition.time, spec.label, ...spec.columns.map((column) => column.name)]);
  return [...new Set(extra)].filter((name) => !there.has(name));
}

/** SELECT of the rows as `time, column_0 …`, over the datasets. */
export function selectServiceRows({ definition, rows }: ResolvedService): string {
  const time = `CAST(${quoteName(definition.time)} AS TIMESTAMP)`;
  const columns = rows.map((column) => `${column.expression} AS ${column.internal}`);
  return `SELECT ${[`CASE WHEN isfinite(${time}) THEN ${time} END AS time`, ...columns].join(', ')} FROM (${statementIn(definition.rows.sql)})`;
}

/** @throws Error (a bug) when the column is not among those that were resolved */
export function internalName(service: Pick<ResolvedService, 'rows'>, name: string): string {
  const column = service.rows.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`Cannot find the column "${name}" among the rows; please report this`);
  return column.internal;
}

function rowColumns(service: ServiceDefinition, found: readonly Found[], extra: readonly string[]): readonly RowColumn[] {
  const keys = new Set(service.views.flatMap((join) => join.rowKeys));
  const plain = new Set([service.id, ...service.request, ...service.keysAsFeatures, service.label, ...extra]);
  const where = service.rows.what;
  const time = [service.time, ...(service.labelKnown === null ? [] : [service.labelKnown])];
  for (const name of time) requireTime(find(found, name, where), where);
  const names = [...new Set([...plain, ...keys, ...(service.labelKnown === null ? [] : [service.labelKnown])])];
  return names.map((name, index) => {
    const { type, stored } = typeOf(find(found, name, where), where, keys.has(name) ? 'key' : 'feature');
    return { name, type, internal: `column_${index}`, expression: cast(quoteName(find(found, name, where).name), stored) };
  });
}

/**
 * Finds the columns of one view.
 *
 * @param rows columns of the rows it is joined to, by the names that `join.rowKeys` has
 * @throws TG-FEATURES-COLUMN, TG-FEATURES-KEY-TYPE
 */
export function resolveView(
  join: JoinedView,
  rows: readonly FeatureColumn[],
  found: readonly { readonly name: string; readonly type: string }[],
): ResolvedView {
  const resolved = findViewColumns(join.view, found);
  for (const [index, key] of resolved.keys.entries())
    requireSameType(
      rows.find((row) => row.name === join.rowKeys[index]),
      { ...key, what: join.view.source.what },
    );
  return { join, ...resolved };
}

/** Finds the columns of a view by itself. @throws TG-FEATURES-COLUMN */
export function findViewColumns(
  view: ViewDefinition,
  found: readonly { readonly name: string; readonly type: string }[],
): ViewColumnsFound {
  const { what } = view.source;
  const used = new Set([...view.keys, view.time, ...(view.known === null ? [] : [view.known])].map((name) => name.toLowerCase()));
  const names = view.features ?? found.map((column) => column.name).filter((name) => !used.has(name.toLowerCase()));
  if (names.length === 0)
    throw failure('TG-FEATURES-COLUMN', `Cannot use ${what}: it has no column besides keys and times`, 'Select the features in its SQL');
  for (const name of [view.time, ...(view.known === null ? [] : [view.known])]) requireTime(find(found, name, what), what);
  const keys = view.keys.map((name) => ({ name, ...typeOf(find(found, name, what), what, 'key') }));
  const features = names.map((name) => ({ name, ...typeOf(find(found, name, what), what, 'feature') }));
  const parts = {
    query: statementIn(view.source.sql),
    keys: keys.map((key) => cast(quoteName(key.name), key.stored)),
    event: quoteName(view.time),
    known: view.known === null ? null : quoteName(view.known),
    features: features.map((feature) => cast(quoteName(feature.name), feature.stored)),
  };
  return {
    version: viewVersion(view),
    keys: keys.map(({ name, type }) => ({ name, type })),
    features: features.map(({ name, type }) => ({ name, type })),
    hasKnown: view.known !== null,
    select: selectRows(parts),
    parts,
  };
}

function specOf(name: string, { definition, rows, views }: Pick<ResolvedService, 'definition' | 'rows' | 'views'>): FeatureServiceSpec {
  const column = (wanted: string): FeatureColumn => {
    const { type } = rows.find((candidate) => candidate.name === wanted) ?? { type: 'string' as const };
    return { name: wanted, type };
  };
  const keys = [...new Set(definition.views.flatMap((join) => join.rowKeys))];
  return {
    format: 'tidegate.feature-service/1',
    name,
    version: serviceVersion(definition),
    request: definition.request.filter((field) => !keys.includes(field)).map(column),
    keys: keys.map(column),
    views: views.map(({ join, version, features }) => ({ name: join.as, version, keys: join.rowKeys, features, ttlMs: join.view.ttlMs })),
    columns: [
      ...[...definition.request, ...definition.keysAsFeatures].map(column),
      ...views.flatMap(({ join, features }) => features.map((feature) => ({ name: `${join.as}__${feature.name}`, type: feature.type }))),
    ],
    label: definition.label,
  };
}

/** The engine compares names without regard to case; the definition's spelling is what sets are written with. */
function find(found: readonly Found[], name: string, what: string): Found {
  const column = found.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column !== undefined) return column;
  const near = nearest(
    name,
    found.map((candidate) => candidate.name),
  );
  throw failure(
    'TG-FEATURES-COLUMN',
    `Cannot find the column "${name}" of ${what}: its SQL gives ${found.map((candidate) => `"${candidate.name}"`).join(', ')}`,
    near === null ? `Select "${name}" in the SQL` : `Did you mean "${near}"?`,
  );
}

function typeOf({ name, type }: Found, what: string, use: 'key' | 'feature'): FeatureType {
  const found = use === 'key' ? keyType(type) : featureType(type);
  if (found !== null) return found;
  const wanted =
    use === 'key'
      ? 'text, whole numbers, truth values and dates can be keys'
      : 'lists, structures, intervals, times of day and bytes cannot be features';
  throw failure(
    'TG-FEATURES-COLUMN',
    `Cannot take the column "${name}" of ${what} as a ${use}: it is ${type}; ${wanted}`,
    `Cast "${name}" in the SQL`,
  );
}

function requireTime({ name, type }: Found, what: string): void {
  if (!isTimeType(type))
    throw failure(
      'TG-FEATURES-COLUMN',
      `Cannot take the column "${name}" of ${what} as a time: it is ${type}`,
      `Cast it in the SQL: CAST("${name}" AS TIMESTAMP) AS "${name}"; times without a zone are UTC`,
    );
}

function requireSameType(row: FeatureColumn | undefined, key: FeatureColumn & { readonly what: string }): void {
  if (row === undefined || row.type === key.type) return;
  throw failure(
    'TG-FEATURES-KEY-TYPE',
    `Cannot join ${key.what} by "${key.name}": it is ${key.type} in the view and "${row.name}" is ${row.type} in the rows`,
    'Cast one of the two in its SQL, so that equal keys are equal values',
  );
}

function refuseEqualNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
  if (twice !== undefined)
    throw failure(
      'TG-FEATURES-COLUMN',
      `Cannot write the sets: two columns are called "${twice}"`,
      'Give one of them another name, or join its view "as" another name',
    );
}

function cast(expression: string, type: string): string {
  return `CAST(${expression} AS ${type})`;
}
