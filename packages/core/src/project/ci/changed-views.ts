import type { Digest } from '@tidegate/formats';
import { type FeatureDefinitions, viewVersion } from '../../features/index.ts';

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
