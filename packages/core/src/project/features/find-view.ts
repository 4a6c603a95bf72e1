import type { Json } from '@tidegate/formats';
import { featureDefinitions } from './feature-definitions.ts';
import type { Project } from '../project.ts';
import { latestResult, readFeatureSets } from '../records.ts';

/** A feature view by its name in `features/`: its definition, and what each service that joins it found there last. Null when there is none. */
export async function findView(project: Project, name: string): Promise<Json | null> {
  const definitions = await featureDefinitions(project);
  const view = definitions?.views[name];
  if (definitions === null || view === undefined) return null;
  const { source, keys, time, known, ttlMs, features } = view;
  const joins = Object.entries(definitions.services).flatMap(([service, { views }]) =>
    views.filter((join) => join.view === view).map(({ as, rowKeys }) => ({ service, as, rowKeys })),
  );
  const joinedBy = await Promise.all(joins.map(async (join) => ({ ...join, ...(await lastFound(project, join)) })));
  return {
    file: source.file,
    sql: source.sql,
    keys: [...keys],
    time,
    known,
    ttlMs,
    features: features === null ? null : [...features],
    joinedBy,
  };
}

async function lastFound(project: Project, { service, as }: { readonly service: string; readonly as: string }): Promise<object> {
  const latest = latestResult(project, `features.${service}`);
  if (latest === null) return {};
  const sets = await readFeatureSets(project, latest.record);
  if (sets === null) return {};
  const { service: spec, certificate } = sets;
  const joined = spec.views.find((view) => view.name === as);
  return { version: joined?.version ?? null, features: joined?.features ?? [], ...certificate.views.find((view) => view.view === as) };
}
