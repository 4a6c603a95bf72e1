import { type Deployment, type Digest, digest, type MonitorCheck } from '@tidegate/formats';
import { deploymentHistory, deploymentTrail, liveAfter } from '../../../deploy/index.ts';
import { digestsIn, type State } from '../../../store/index.ts';
import { digestsOfRow, otherTables, projectsOfRows, type Row } from './other-tables.ts';
import { isRetained, type Retention } from './retention.ts';

/** What holds objects in the store, and why, for a reader. */
export interface Holder {
  readonly why: string;
  /** The project that names them; null where it is not known. */
  readonly project: string | null;
  readonly digests: ReadonlySet<Digest>;
}

/** What is live in each environment and what one could go back to, and the newest lines of its history. */
export function deploymentHolders(
  state: State,
  project: string,
  { keep, nowMs }: { readonly keep: Retention; readonly nowMs: number },
): readonly Holder[] {
  const retained = isRetained(keep, nowMs);
  const places = Map.groupBy(deploymentHistory(state, project), ({ environment, service }) => `${service} in ${environment}`);
  return [...places].flatMap(([place, lines]) => {
    const live = liveAfter(lines);
    const back = deploymentTrail(lines).at(-2);
    const held = lines.toReversed().filter((line, index) => retained(index, line.at));
    return [
      ...(live === null ? [] : [{ why: `live: ${place}`, project, digests: namedBy(live) }]),
      ...(back === undefined ? [] : [{ why: `what a rollback of ${place} goes back to`, project, digests: namedBy(back) }]),
      ...held.map((line) => ({ why: `history of ${place}`, project, digests: namedBy(line) })),
    ];
  });
}

function namedBy(line: Deployment): ReadonlySet<Digest> {
  return digestsIn(JSON.stringify(line));
}

/** The newest release of every service and the newest version of every model. */
export function newestHolders(state: State, project: string): readonly Holder[] {
  const newest = (table: 'release' | 'model_version', name: 'service' | 'model'): readonly Holder[] =>
    state
      .prepare(`SELECT digest, ${name} AS name, max(made_at) FROM ${table} WHERE project = ? GROUP BY ${name}`)
      .all(project)
      .map((row) => ({
        why: `newest ${name === 'service' ? 'release' : 'version'} of ${String(row['name'])} in ${project}`,
        project,
        digests: new Set([digest(String(row['digest']))]),
      }));
  return [...newest('release', 'service'), ...newest('model_version', 'model')];
}

/** The newest checks of every monitor. */
export function monitorHolders(
  state: State,
  project: string,
  { keep, nowMs }: { readonly keep: Retention; readonly nowMs: number },
): readonly Holder[] {
  const retained = isRetained(keep, nowMs);
  const checks = state.prepare('SELECT monitor, record FROM monitor_check WHERE project = ? ORDER BY monitor, sequence DESC').all(project);
  return [...Map.groupBy(checks, (row) => String(row['monitor']))].flatMap(([monitor, rows]) =>
    rows
      .map((row) => String(row['record']))
      .filter((record, index) => retained(index, (JSON.parse(record) as MonitorCheck).checkedAt))
      .map((record) => ({ why: `check of the monitor ${monitor}`, project, digests: digestsIn(record) })),
  );
}

export function pinHolders(state: State): readonly Holder[] {
  return state
    .prepare('SELECT name, project, digests FROM pin')
    .all()
    .map((row) => ({
      why: `pinned: ${String(row['name'])}`,
      project: String(row['project']),
      digests: digestsIn(String(row['digests'])),
    }));
}

/** Whatever any other table names is held: what garbage collection has no rule for, it leaves alone. */
export function otherHolders(state: State): readonly Holder[] {
  return otherTables(state)
    .filter(({ ofRuns }) => !ofRuns)
    .flatMap(({ name }) => tableHolders(state, name));
}

/** What the rows of a table name, by the projects that they are of. @param named which of the objects in a row count. Default: all of them */
export function tableHolders(state: State, table: string, named: (row: Row) => readonly Digest[] = digestsOfRow): readonly Holder[] {
  const projectOf = projectsOfRows(state);
  const found = new Map<string | null, Set<Digest>>();
  for (const row of state.database.prepare(`SELECT * FROM "${table}"`).iterate()) {
    const project = projectOf(row);
    const digests = found.get(project) ?? new Set();
    for (const one of named(row)) digests.add(one);
    found.set(project, digests);
  }
  return [...found].map(([project, digests]) => ({ why: `named by the table "${table}" of the state`, project, digests }));
}
