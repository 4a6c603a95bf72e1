import type { Digest } from '@tidegate/formats';
import { type FeatureDefinitions, serviceVersion, viewVersion } from '../../features/index.ts';

/** A feature view that means something else than at the base. */
export interface ChangedView {
  readonly view: string;
  /** Version by the definition at the base; null when the view is new. */
  readonly before: Digest | null;
  /** Null when the view is gone. */
  readonly after: Digest | null;
  /** What of the definition differs: `sql`, `keys`, `time`, `known`, `ttl`, `features`. */
  readonly differs: readonly string[];
}

/** A feature service that gives a model something else than at the base, by its own definition or by that of a view. */
export interface ChangedService {
  readonly service: string;
  readonly before: Digest | null;
  readonly after: Digest | null;
  /** Views as the service calls them. */
  readonly joins: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

type Views = FeatureDefinitions['views'];

/** The views that came, went or have another definition, by what they mean: a comment or a line break changes nothing. */
export function changedViews(base: FeatureDefinitions | null, head: FeatureDefinitions | null): readonly ChangedView[] {
  const [olds, news]: readonly [Views, Views] = [base?.views ?? {}, head?.views ?? {}];
  const names = [...new Set([...Object.keys(news), ...Object.keys(olds)])];
  return names
    .map((view) => ({ view, before: versionOf(olds, view), after: versionOf(news, view), differs: differing(olds, news, view) }))
    .filter(({ before, after }) => before !== after);
}

function versionOf(views: Views, name: string): Digest | null {
  const view = Object.hasOwn(views, name) ? views[name] : undefined;
  return view === undefined ? null : viewVersion(view);
}

function differing(olds: Views, news: Views, name: string): readonly string[] {
  const [old, present] = [olds[name], news[name]];
  if (old === undefined || present === undefined || viewVersion(old) === viewVersion(present)) return [];
  const parts = (['keys', 'time', 'known', 'ttlMs', 'features'] as const).filter(
    (part) => JSON.stringify(old[part]) !== JSON.stringify(present[part]),
  );
  const named = parts.map((part) => (part === 'ttlMs' ? 'ttl' : part));
  const isSql = viewVersion({ ...old, source: present.source }) !== viewVersion(old);
  return [...(isSql ? ['sql'] : []), ...named];
}

/** The services that came, went or mean something else. */
export function changedServices(base: FeatureDefinitions | null, head: FeatureDefinitions | null): readonly ChangedService[] {
  const [olds, news]: readonly [Services, Services] = [base?.services ?? {}, head?.services ?? {}];
  const names = [...new Set([...Object.keys(news), ...Object.keys(olds)])];
  return names
    .map((service) => {
      const [old, present] = [joinsOf(olds, service), joinsOf(news, service)];
      return {
        service,
        before: versionOfService(olds, service),
        after: versionOfService(news, service),
        joins: { added: present.filter((view) => !old.includes(view)), removed: old.filter((view) => !present.includes(view)) },
      };
    })
    .filter(({ before, after }) => before !== after);
}

type Services = FeatureDefinitions['services'];

function versionOfService(services: Services, name: string): Digest | null {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  return service === undefined ? null : serviceVersion(service);
}

function joinsOf(services: Services, name: string): readonly string[] {
  return Object.hasOwn(services, name) ? (services[name]?.views ?? []).map(({ as }) => as) : [];
}
