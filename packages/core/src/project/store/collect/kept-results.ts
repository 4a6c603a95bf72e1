import { type Digest, digest } from '@tidegate/formats';
import { digestsIn, type State } from '../../../store/index.ts';
import type { KeptRun } from './kept-runs.ts';

/** A result of the cache, and whether it stays there. */
export interface JudgedResult {
  readonly key: Digest;
  readonly project: string;
  readonly step: string;
  readonly run: string;
  /** Why it stays; null when it goes. */
  readonly keptFor: string | null;
  /** Whether it would go with the runs that use it. */
  readonly givesWay: boolean;
  /** Its key and every object that it names. */
  readonly digests: ReadonlySet<Digest>;
}

export interface ResultRules {
  readonly runs: readonly KeptRun[];
  /** Why all results of the project stay; null when each is judged by itself. */
  readonly all: string | null;
  /** Results recorded after this moment stay (milliseconds since 1970). */
  readonly youngAfterMs: number;
  /** What lock files and deployments pin: a result that made such an object stays. */
  readonly pinned: ReadonlySet<Digest>;
}

export function judgeResults(state: State, project: string, rules: ResultRules): readonly JudgedResult[] {
  const newest = newestByStep(state, project);
  const usedBy = new Map(rules.runs.toReversed().flatMap((run) => [...run.keys].map((key) => [key, run] as const)));
  const firmly = new Map(rules.runs.filter(({ givesWay }) => !givesWay).flatMap((run) => [...run.keys].map((key) => [key, run] as const)));
  return state
    .prepare('SELECT key, step, run, record, recorded_at FROM result WHERE project = ? ORDER BY recorded_at, key')
    .all(project)
    .map((row) => {
      const key = digest(String(row['key']));
      const named = digestsIn(String(row['record']));
      const firm =
        rules.all ??
        (newest.has(key) ? `newest result of ${String(row['step'])} in ${project}` : null) ??
        (Date.parse(String(row['recorded_at'])) > rules.youngAfterMs ? 'recorded within the grace period' : null) ??
        firmly.get(key)?.why ??
        ([key, ...named].some((one) => rules.pinned.has(one)) ? 'made what is pinned or live' : null);
      return {
        key,
        project,
        step: String(row['step']),
        run: String(row['run']),
        keptFor: firm ?? usedBy.get(key)?.why ?? null,
        givesWay: firm === null,
        digests: new Set([key, ...named]),
      };
    });
}

/** The floor: whatever else goes, the newest result of every step stays, one for each zone that may read no other. */
function newestByStep(state: State, project: string): ReadonlySet<string> {
  const rows = state.prepare('SELECT key, max(recorded_at) FROM result WHERE project = ? GROUP BY step, zone').all(project);
  return new Set(rows.map((row) => String(row['key'])));
}
