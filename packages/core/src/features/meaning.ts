import { canonicalJson, type Digest, type Json, requireFormat } from '@tidegate/formats';
import { digestOfBytes } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { ServiceDefinition, ViewDefinition } from './definitions.ts';
import type { SqlSource } from './sql-source.ts';
import { normaliseSql } from './sql-text.ts';

/**
 * A feature service as data: everything that decides what its features are, and nothing else (no names of files or services,
 * no comments). Its canonical JSON is kept in the store; the digest of that is the service's version.
 */
export interface ServiceMeaning {
  readonly format: 'tidegate.feature-definitions/1';
  /** SQL, or where it stands. */
  readonly rows: string;
  readonly id: string;
  readonly time: string;
  readonly label: string;
  readonly labelKnown: string | null;
  readonly request: readonly string[];
  readonly keysAsFeatures: readonly string[];
  readonly views: readonly { readonly as: string; readonly rowKeys: readonly string[]; readonly view: ViewMeaning }[];
}

export interface ViewMeaning {
  readonly sql: string;
  readonly keys: readonly string[];
  readonly time: string;
  readonly known: string | null;
  readonly ttlMs: number | null;
  readonly features: readonly string[] | null;
}

/** A definition as plain data, with `textOf` in place of each piece of SQL: its normalised text, or its file. */
export function describeService(service: ServiceDefinition, textOf: (source: SqlSource) => string): ServiceMeaning {
  const { id, time, label, labelKnown, request, keysAsFeatures } = service;
  return {
    format: 'tidegate.feature-definitions/1',
    rows: textOf(service.rows),
    id,
    time,
    label,
    labelKnown,
    request,
    keysAsFeatures,
    views: service.views.map(({ as, rowKeys, view }) => ({ as, rowKeys, view: describeView(view, textOf) })),
  };
}

/** The definition that {@link describeService} described; `sourceOf` gives back the SQL. */
export function serviceFrom(meaning: ServiceMeaning, sourceOf: (text: string, what: string) => SqlSource): ServiceDefinition {
  return {
    ...meaning,
    rows: sourceOf(meaning.rows, 'the rows'),
    views: meaning.views.map(({ as, rowKeys, view }) => ({ as, rowKeys, view: viewFrom(view, sourceOf(view.sql, `view "${as}"`)) })),
  };
}

/** The version of a view: two with the same one share what the online store holds. */
export function viewVersion(view: ViewDefinition): Digest {
  return digestOfBytes(canonicalJson({ format: 'tidegate.feature-view/1', ...describeView(view, normalised) }));
}

/** The version of a service, which names the object that {@link storeDefinitions} puts. */
export function serviceVersion(service: ServiceDefinition): Digest {
  return digestOfBytes(canonicalJson(describeService(service, normalised)));
}

/** Keeps a service's meaning, so that a release can be computed again when the project's files have changed. @returns its version */
export async function storeDefinitions(
  store: ObjectStore,
  service: ServiceDefinition,
): Promise<{ readonly digest: Digest; readonly bytes: number }> {
  return store.putJson(describeService(service, normalised));
}

/** The service that a release was made with. @throws TG-STORE-OBJECT-MISSING */
export async function loadDefinitions(store: ObjectStore, version: Digest): Promise<ServiceDefinition> {
  const meaning = meaningOf(await store.readJson(version), version);
  return serviceFrom(meaning, (sql, what) => ({ sql, what, file: null }));
}

/** We wrote it, under the digest of its bytes: only the format is looked at. @throws TG-STORE-RECORD */
export function meaningOf(value: Json, name: string): ServiceMeaning {
  requireFormat('tidegate.feature-definitions/1', value, name);
  return value as unknown as ServiceMeaning;
}

const normalised = (source: SqlSource): string => normaliseSql(source.sql);

/** A view as plain data, with `textOf` in place of its SQL. */
export function describeView(view: ViewDefinition, textOf: (source: SqlSource) => string): ViewMeaning {
  const { keys, time, known, ttlMs, features } = view;
  return { sql: textOf(view.source), keys, time, known, ttlMs, features };
}

/** The view that {@link describeView} described; how far it looks back was no part of that. */
export function viewFrom({ keys, time, known, ttlMs, features }: ViewMeaning, source: SqlSource): ViewDefinition {
  return { source, keys, time, known, ttlMs, lookbackMs: null, features };
}
