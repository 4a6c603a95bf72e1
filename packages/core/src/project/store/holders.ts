import { type Deployment, type Digest, digest, type MonitorCheck } from '@tidegate/formats';
import { deploymentHistory, deploymentTrail, liveAfter } from '../../deploy/index.ts';
import { digestsIn, type State } from '../../store/index.ts';
import { digestsOfRow, otherTables } from './other-tables.ts';
import { isRetained, type Retention } from './retention.ts';

/** What holds objects in the store, and why, for a reader. */
export interface Holder {
  readonly why: string;
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
      ...(live === null ? [] : [{ why: `live: ${place}`, digests: namedBy(live) }]),
      ...(back === undefined ? [] : [{ why: `what a rollback of ${place} goes back to`, digests: namedBy(back) }]),
      ...held.map((line) => ({ why: `history of ${place}`, digests: namedBy(line) })),
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
      .map((record) => ({ why: `check of the monitor ${monitor}`, digests: digestsIn(record) })),
  );
}

export function pinHolders(state: State): readonly Holder[] {
  return state
    .prepare('SELECT name, digests FROM pin')
    .all()
    .map((row) => ({ why: `pinned: ${String(row['name'])}`, digests: digestsIn(String(row['digests'])) }));
}

/** Whatever any other table names is held: what garbage collection has no rule for, it leaves alone. */
export function otherHolders(state: State): readonly Holder[] {
  return otherTables(state)
    .filter(({ ofRuns }) => !ofRuns)
    .map(({ name }) => {
      const rows = state.database.prepare(`SELECT * FROM "${name}"`).iterate();
      const digests = new Set<Digest>();
      for (const row of rows) for (const one of digestsOfRow(row)) digests.add(one);
      return { why: `named by the table "${name}" of the state`, digests };
    });
}
