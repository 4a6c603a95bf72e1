import type { Digest } from '@tidegate/formats';
import type { State } from '../../../store/index.ts';
import { livingRuns } from './kept-runs.ts';
import { otherTables } from './other-tables.ts';
import type { JudgedResult } from './kept-results.ts';

/** A result that went, and why. */
export interface EvictedResult extends Pick<JudgedResult, 'key' | 'project' | 'step' | 'run'> {
  readonly why: string;
}

type Eviction = JudgedResult & EvictedResult;

/** More tombstones than anybody asks about; the oldest go. */
const mostTombstones = 20_000;

/**
 * Takes results out of the cache, each with a tombstone, in one transaction. A run begins with a row of its own before it looks for any result, so it
 * either sees what is left, or is seen here: then the results of its project stay.
 *
 * @returns what went
 */
export function evictResults(state: State, wanted: readonly Eviction[], nowMs: number): readonly Eviction[] {
  if (wanted.length === 0) return [];
  return state.commit(() => {
    const living = new Set(livingRuns(state).map(({ project }) => project));
    const going = wanted.filter(({ project }) => !living.has(project));
    const evict = state.prepare('DELETE FROM result WHERE key = ?');
    const mark = state.prepare('INSERT OR REPLACE INTO tombstone (key, project, step, run, why, evicted_at) VALUES (?, ?, ?, ?, ?, ?)');
    const at = new Date(nowMs).toISOString();
    for (const { key, project, step, run, why } of going) {
      evict.run(key);
      mark.run(key, project, step, run, why, at);
    }
    const beyond = 'SELECT key FROM tombstone ORDER BY evicted_at DESC, key LIMIT -1 OFFSET ?';
    state.prepare(`DELETE FROM tombstone WHERE key IN (${beyond})`).run(mostTombstones);
    return going;
  });
}

/** Takes the records of runs, with what is noted beside them, out of the history, but not of those that something else names: a result, a release, a model version, a deployment. */
export function forgetRuns(state: State, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  return state.commit(() => {
    const named = new Set(
      [
        'SELECT run FROM result',
        'SELECT run FROM release',
        'SELECT run FROM model_version',
        "SELECT json_extract(record, '$.run') AS run FROM deployment",
      ]
        .flatMap((sql) => state.prepare(sql).all())
        .map((row) => String(row['run'])),
    );
    const going = ids.filter((id) => !named.has(id));
    const tables = otherTables(state).filter(({ ofRuns }) => ofRuns);
    const forget = state.prepare("DELETE FROM run WHERE id = ? AND status <> 'running'");
    for (const id of going)
      if (forget.run(id).changes > 0) for (const { name } of tables) state.prepare(`DELETE FROM "${name}" WHERE run = ?`).run(id);
    return going;
  });
}

/** Forgets releases and model versions that are gone from the store, and signatures of such releases. */
export function forgetUnreachable(
  state: State,
  { isKept, before }: { readonly isKept: (digest: Digest) => boolean; readonly before: number },
): void {
  const limit = new Date(before).toISOString();
  for (const table of ['release', 'model_version']) {
    const old = state.prepare(`SELECT digest FROM ${table} WHERE made_at < ?`).all(limit);
    const gone = old.map((row) => String(row['digest'])).filter((digest) => !isKept(digest as Digest));
    if (gone.length === 0) continue;
    state.commit(() => {
      for (const digest of gone) state.prepare(`DELETE FROM ${table} WHERE digest = ?`).run(digest);
    });
  }
  const signed = state.prepare('SELECT DISTINCT release FROM release_signature WHERE release NOT IN (SELECT digest FROM release)').all();
  for (const { release } of signed)
    if (!isKept(release as Digest))
      state.commit(() => state.prepare('DELETE FROM release_signature WHERE release = ?').run(String(release)));
  const orphans = 'DELETE FROM drift_reference WHERE model_version NOT IN (SELECT digest FROM model_version)';
  state.commit(() => state.prepare(orphans).run());
}
