import { nearest, type shape } from '@tidegate/formats';
import type { YamlDocument } from '../config/index.ts';
import type { JoinedView, ServiceDefinition, ViewDefinition } from './definitions.ts';
import type { ServiceEntry, ViewEntry } from './definitions-file.ts';
import type { SqlSource } from './sql-source.ts';

/** A name with what a file says of it, and where. */
export interface Entry<T> {
  readonly name: string;
  readonly value: T;
  readonly document: YamlDocument;
  readonly path: shape.Path;
}

/** Everything that the files of a folder define, by name. */
export interface Entries {
  readonly entities: ReadonlyMap<string, Entry<{ readonly keys: readonly string[] }>>;
  readonly views: ReadonlyMap<string, Entry<ViewEntry>>;
  readonly services: ReadonlyMap<string, Entry<ServiceEntry>>;
}

/** Notes a mistake at a place below the entry. */
export type Report = (entry: Entry<unknown>, at: shape.Path, message: string, hint: string | null) => void;

export type ReadSql = (
  entry: Entry<unknown>,
  file: { readonly at: string; readonly what: string; readonly name: string },
) => Promise<SqlSource>;

/** A view with its entity's keys and its SQL. Mistakes are reported, and what stands for them is never used. */
export async function resolveView(
  entry: Entry<ViewEntry>,
  { entries, report, sql }: { readonly entries: Entries; readonly report: Report; readonly sql: ReadSql },
): Promise<ViewDefinition> {
  const { value } = entry;
  const entity = value.entity === undefined ? null : entries.entities.get(value.entity);
  if (entity === undefined)
    report(
      entry,
      ['entity'],
      `Cannot find the entity "${value.entity}"`,
      didYouMean(value.entity ?? '', [...entries.entities.keys()], 'Entities'),
    );
  const keys = entity?.value.keys ?? [];
  for (const feature of value.features ?? [])
    if ([...keys, value.time, value.known].includes(feature))
      report(
        entry,
        ['features'],
        `Cannot take "${feature}" as a feature: it is a key or a time of the view`,
        `Remove "${feature}" from "features"`,
      );
  return {
    source: await sql(entry, { at: 'sql', what: `view "${entry.name}"`, name: value.sql }),
    keys,
    time: value.time,
    known: value.known ?? null,
    ttlMs: value.ttl ?? null,
    lookbackMs: value.lookback ?? null,
    features: value.features ?? null,
  };
}

interface ServiceContext {
  readonly views: { readonly [name: string]: ViewDefinition };
  readonly report: Report;
  readonly sql: ReadSql;
}

/** A service with its views and its SQL. */
export async function resolveService(entry: Entry<ServiceEntry>, context: ServiceContext): Promise<ServiceDefinition> {
  const { value } = entry;
  const views = resolveJoins(entry, context);
  const service: ServiceDefinition = {
    rows: await context.sql(entry, { at: 'rows', what: `the rows of service "${entry.name}"`, name: value.rows }),
    id: value.id,
    time: value.time,
    label: value.label.column,
    labelKnown: value.label.known,
    request: value.request ?? [],
    keysAsFeatures: value.keys_as_features ?? [],
    views,
  };
  reportColumns(entry, service, context.report);
  return service;
}

function resolveJoins(entry: Entry<ServiceEntry>, { views, report }: ServiceContext): readonly JoinedView[] {
  const joins: JoinedView[] = [];
  for (const [index, join] of (entry.value.views ?? []).entries()) {
    const view = Object.hasOwn(views, join.view) ? views[join.view] : undefined;
    if (view === undefined) {
      report(entry, ['views', index], `Cannot find the view "${join.view}"`, didYouMean(join.view, Object.keys(views), 'Views'));
      continue;
    }
    for (const key of Object.keys(join.keys))
      if (!view.keys.includes(key))
        report(
          entry,
          ['views', index],
          `Cannot rename the key "${key}": the view "${join.view}" has no such key`,
          didYouMean(key, view.keys, 'Its keys'),
        );
    if (joins.some((other) => other.as === join.as))
      report(
        entry,
        ['views', index],
        `Cannot join "${join.as}" twice under one name`,
        `Give one of the two another name: { view: ${join.view}, as: ${join.as}_2, keys: { … } }`,
      );
    joins.push({ as: join.as, rowKeys: view.keys.map((key) => join.keys[key] ?? key), view });
  }
  return joins;
}

/** The model's columns must be what a caller can know: not the label, nor what says when or which row it is. */
function reportColumns(entry: Entry<ServiceEntry>, service: ServiceDefinition, report: Report): void {
  const keys = new Set(service.views.flatMap((join) => join.rowKeys));
  const forbidden = new Map([
    [service.label, 'it is the label'],
    [service.labelKnown ?? '', 'it says when the label is known'],
    [service.id, 'it is the id of a row'],
    [service.time, 'it is the time of a row'],
  ]);
  for (const [list, names] of [
    ['request', service.request],
    ['keys_as_features', service.keysAsFeatures],
  ] as const) {
    for (const [index, name] of names.entries()) {
      const why = forbidden.get(name) ?? (names.indexOf(name) < index ? 'it stands there twice' : null);
      if (why !== null) report(entry, [list, index], `Cannot take "${name}" as a feature: ${why}`, `Remove "${name}" from "${list}"`);
    }
  }
  for (const [index, name] of service.keysAsFeatures.entries()) {
    if (!keys.has(name))
      report(
        entry,
        ['keys_as_features', index],
        `Cannot find the key "${name}": no view of the service is joined by it`,
        didYouMean(name, [...keys], 'Keys'),
      );
    if (service.request.includes(name))
      report(
        entry,
        ['keys_as_features', index],
        `Cannot take "${name}" twice: it stands under "request" as well`,
        `Remove "${name}" from one of the two`,
      );
  }
  if (service.request.length + service.keysAsFeatures.length + service.views.length === 0)
    report(entry, [], `Cannot serve "${entry.name}": it has neither request fields nor views`, 'Add "request:" or "views:"');
}

function didYouMean(name: string, candidates: readonly string[], title: string): string {
  const near = nearest(name, candidates);
  return near === null ? `${title}: ${candidates.join(', ') || 'none'}` : `Did you mean "${near}"?`;
}
