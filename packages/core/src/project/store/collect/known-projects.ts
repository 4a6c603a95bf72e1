import { existsSync } from '../../../platform/index.ts';
import type { State } from '../../../store/index.ts';
import { dayMs, type Retention } from './retention.ts';

/** A project of the home, as it was when a command was last called there. */
export interface KnownProject {
  readonly name: string;
  /** Its folder, absolute. */
  readonly root: string;
  readonly keep: Retention;
  readonly seenAtMs: number;
}

/** Notes where a project lies and what it keeps, at most once a day unless that has changed. */
export function rememberProject(state: State, { name, root, keep }: Omit<KnownProject, 'seenAtMs'>, nowMs: number): void {
  const known = state.prepare('SELECT keep_runs, keep_days, seen_at FROM project WHERE name = ? AND root = ?').get(name, root);
  const isFresh = known !== undefined && known['keep_runs'] === keep.runs && known['keep_days'] === keep.days;
  if (isFresh && nowMs - Date.parse(String(known['seen_at'])) < dayMs) return;
  const replace = 'INSERT OR REPLACE INTO project (name, root, keep_runs, keep_days, seen_at) VALUES (?, ?, ?, ?, ?)';
  try {
    state.note(() => state.prepare(replace).run(name, root, keep.runs, keep.days, new Date(nowMs).toISOString()));
  } catch {
    // a full disk must not keep anybody from looking at what is there; it is noted the next time
  }
}

export function knownProjects(state: State): readonly KnownProject[] {
  return state
    .prepare('SELECT name, root, keep_runs, keep_days, seen_at FROM project ORDER BY name, root')
    .all()
    .map((row) => ({
      name: String(row['name']),
      root: String(row['root']),
      keep: { runs: Number(row['keep_runs']), days: Number(row['keep_days']) },
      seenAtMs: Date.parse(String(row['seen_at'])),
    }));
}

/** The folders of a project; `root` among them, be it known or not. */
export function rootsOf(state: State, { name, root }: Pick<KnownProject, 'name' | 'root'>): readonly string[] {
  const known = knownProjects(state).flatMap((one) => (one.name === name ? [one.root] : []));
  return [...new Set([root, ...known])];
}

/** The name of a project, and those that it had before in the same folders. */
export function namesOf(state: State, { name, root }: Pick<KnownProject, 'name' | 'root'>): ReadonlySet<string> {
  const own = new Set(rootsOf(state, { name, root }));
  const former = [...Map.groupBy(knownProjects(state), (one) => one.name)].filter(([, places]) =>
    places.every((place) => own.has(place.root)),
  );
  return new Set([name, ...former.map(([known]) => known)]);
}

/** Forgets projects whose folder is gone and that nobody has worked in for as long as they keep runs. */
export function forgetGoneProjects(state: State, nowMs: number): void {
  for (const { name, root, keep, seenAtMs } of knownProjects(state))
    if (!existsSync(root) && nowMs - seenAtMs > keep.days * dayMs)
      state.commit(() => state.prepare('DELETE FROM project WHERE name = ? AND root = ?').run(name, root));
}
