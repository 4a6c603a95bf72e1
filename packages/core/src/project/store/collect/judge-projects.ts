import type { State } from '../../../store/index.ts';
import { deploymentHolders, type Holder, monitorHolders, newestHolders, pinHolders } from './holders.ts';
import { type JudgedResult, judgeResults } from './kept-results.ts';
import { type KeptRun, keptRuns, livingRuns } from './kept-runs.ts';
import { type KnownProject, knownProjects } from './known-projects.ts';
import { lockPins } from '../lock-pins.ts';
import type { Retention } from './retention.ts';

export interface Rules {
  readonly state: State;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** What is younger stays. */
  readonly graceMs: number;
  /** In the place of what the projects say. */
  readonly keep: Partial<Retention>;
  /** Name of the one project that is judged. Default: all of the home. */
  readonly only?: string;
}

/** What is judged of one project. */
export interface JudgedProject {
  readonly name: string;
  /** Whether its lock files could be read. */
  readonly isRead: boolean;
  readonly runs: readonly KeptRun[];
  /** Runs that are no longer kept. */
  readonly oldRuns: readonly string[];
  readonly results: readonly JudgedResult[];
  readonly holders: readonly Holder[];
}

export async function judgeProjects({ state, nowMs, graceMs, keep, only }: Rules): Promise<readonly JudgedProject[]> {
  const known = Map.groupBy(knownProjects(state), ({ name }) => name);
  const living = new Set(livingRuns(state).map(({ project }) => project));
  const judged: JudgedProject[] = [];
  for (const name of only === undefined ? projectNames(state) : [only]) {
    const places = known.get(name) ?? [];
    const rules = { keep: { ...longestOf(places), ...keep }, nowMs };
    const locks = await lockHolders(name, places);
    const firm = [
      ...(locks ?? []),
      ...deploymentHolders(state, name, rules),
      ...newestHolders(state, name),
      ...monitorHolders(state, name, rules),
    ];
    const runs = keptRuns(state, name, rules);
    const all = living.has(name) ? `a run of ${name} goes on` : locks === null ? `the lock files of ${name} could not be read` : null;
    const pinned = new Set([...firm, ...pinHolders(state)].flatMap(({ digests }) => [...digests]));
    const results = judgeResults(state, name, { runs, all, youngAfterMs: nowMs - graceMs, pinned });
    const keptIds = new Set(runs.map(({ id }) => id));
    judged.push({
      name,
      isRead: locks !== null,
      runs,
      oldRuns: all === null ? oldRunsOf(state, name, keptIds) : [],
      results,
      holders: firm,
    });
  }
  return judged;
}

function projectNames(state: State): readonly string[] {
  const named = ['result', 'run', 'deployment', 'project', 'release', 'model_version'].map((table) =>
    table === 'project' ? 'SELECT name FROM project' : `SELECT project AS name FROM ${table}`,
  );
  return state.database
    .prepare(`${named.join(' UNION ')} ORDER BY name`)
    .all()
    .map((row) => String(row['name']));
}

/** Of several folders with a project of one name, the one that keeps most. */
function longestOf(places: readonly KnownProject[]): Retention {
  if (places.length === 0) return { runs: 50, days: 30 };
  return { runs: Math.max(...places.map(({ keep }) => keep.runs)), days: Math.max(...places.map(({ keep }) => keep.days)) };
}

/** Null when the lock files of one of its folders cannot be read. */
async function lockHolders(name: string, places: readonly KnownProject[]): Promise<readonly Holder[] | null> {
  const holders: Holder[] = [];
  for (const { root } of places) {
    const pins = await lockPins(root);
    if (pins === null) return null;
    holders.push(...pins.map(({ ref, digests }) => ({ why: `tidegate.lock of ${name} in ${ref}`, project: name, digests })));
  }
  return holders;
}

function oldRunsOf(state: State, project: string, kept: ReadonlySet<string>): readonly string[] {
  const rows = state.prepare("SELECT id FROM run WHERE project = ? AND status <> 'running' ORDER BY started_at").all(project);
  return rows.map((row) => String(row['id'])).filter((id) => !kept.has(id));
}
