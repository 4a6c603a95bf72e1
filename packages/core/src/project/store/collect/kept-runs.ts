import { type Digest, runId, type RunRecord } from '@tidegate/formats';
import { stepsSoFar } from '../../../pipeline/index.ts';
import { isRunning } from '../../../platform/index.ts';
import { digestsIn, type State } from '../../../store/index.ts';
import { digestsOfRow, otherTables } from './other-tables.ts';
import { isRetained, type Retention } from './retention.ts';

/** A run whose results and objects are kept. */
export interface KeptRun {
  readonly id: string;
  readonly project: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Why, for a reader: `one of the newest 50 runs of shop`. */
  readonly why: string;
  /** Whether it gives way when the store must become smaller. */
  readonly givesWay: boolean;
  /** Keys of the results that it made or took. */
  readonly keys: ReadonlySet<Digest>;
  /** Every object that it names. */
  readonly digests: ReadonlySet<Digest>;
}

/** The runs of a project under retention, those that go on, and those that are pinned; newest first. */
export function keptRuns(
  state: State,
  project: string,
  { keep, nowMs }: { readonly keep: Retention; readonly nowMs: number },
): readonly KeptRun[] {
  const retained = isRetained(keep, nowMs);
  const pinned = new Set(
    state
      .prepare('SELECT run FROM pin WHERE run IS NOT NULL')
      .all()
      .map((row) => String(row['run'])),
  );
  return state
    .prepare('SELECT id, started_at, status, owner FROM run WHERE project = ? ORDER BY started_at DESC, id DESC')
    .all(project)
    .flatMap((row, index): readonly KeptRun[] => {
      const [id, startedAt] = [String(row['id']), String(row['started_at'])];
      const begun = { id, project, startedAt };
      if (pinned.has(id)) return [{ ...begun, why: `run ${id} is pinned`, givesWay: false, ...namedBy(state, id) }];
      if (isUnderWay(row)) return [{ ...begun, why: `run ${id} goes on`, givesWay: false, ...namedBy(state, id) }];
      if (index === 0) return [{ ...begun, why: `newest run of ${project}`, givesWay: false, ...namedBy(state, id) }];
      if (!retained(index, startedAt)) return [];
      const why = index < keep.runs ? `one of the newest ${keep.runs} runs of ${project}` : `a run of the last ${keep.days} days`;
      return [{ ...begun, why, givesWay: true, ...namedBy(state, id) }];
    });
}

/** Runs of any project whose process is alive. */
export function livingRuns(state: State): readonly { readonly project: string; readonly startedAtMs: number }[] {
  return state
    .prepare("SELECT project, started_at, status, owner FROM run WHERE status = 'running'")
    .all()
    .filter(isUnderWay)
    .map((row) => ({ project: String(row['project']), startedAtMs: Date.parse(String(row['started_at'])) }));
}

function isUnderWay(row: { readonly [column: string]: unknown }): boolean {
  return row['status'] === 'running' && isRunning(JSON.parse(String(row['owner'])) as Parameters<typeof isRunning>[0]);
}

/** Reasons of misses name objects of earlier runs; they do not hold them. */
function namedBy(state: State, id: string): Pick<KeptRun, 'keys' | 'digests'> {
  const row = state.prepare('SELECT status, record FROM run WHERE id = ?').get(id);
  const record = JSON.parse(String(row?.['record'])) as RunRecord;
  const steps = row?.['status'] === 'running' ? stepsSoFar(state, runId(id)) : record.steps;
  const keys = new Set(steps.flatMap(({ key }) => (key === null ? [] : [key])));
  const named = digestsIn(JSON.stringify(steps.map(({ outputs, evidence, facts }) => [outputs, evidence, facts])));
  const beside = otherTables(state)
    .filter(({ ofRuns }) => ofRuns)
    .flatMap(({ name }) => state.prepare(`SELECT * FROM "${name}" WHERE run = ?`).all(id).flatMap(digestsOfRow));
  return { keys, digests: new Set([...keys, ...named, ...beside]) };
}
