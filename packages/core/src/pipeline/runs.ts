import {
  canonicalJson,
  type RunId,
  type RunRecord,
  type RunStatus,
  runId,
  type StepName,
  type StepRecord,
  storedRecord,
} from '@tidegate/formats';
import { identityOf, isRunning, type Platform, type ProcessIdentity } from '../platform/index.ts';
import type { State } from '../store/index.ts';
import { briefOf } from './history/run-in-brief.ts';
import { noteStepRuns } from './history/step-runs.ts';

export interface RunFilter {
  readonly project?: string;
  readonly status?: RunStatus;
  /** Only runs that this step was part of. */
  readonly step?: StepName;
  /** Newest runs first; default 50. */
  readonly limit?: number;
}

/** The runs of a home, read. */
export interface Runs {
  readonly list: (filter?: RunFilter) => readonly RunRecord[];
  readonly get: (id: RunId) => RunRecord | null;
}

export function runsOf(state: State): Runs {
  return {
    get: (id) => {
      const row = state.prepare('SELECT id, status, owner, record FROM run WHERE id = ?').get(id);
      return row === undefined ? null : recordOf(state, row);
    },
    list: ({ project, status, step, limit = 50 } = {}) => {
      const found: RunRecord[] = [];
      for (const record of newestRuns(state, project)) {
        if (found.length >= limit) break;
        const isWanted = status === undefined || record.status === status;
        if (isWanted && (step === undefined || record.steps.some((candidate) => candidate.step === step))) found.push(record);
      }
      return found;
    },
  };
}

/** Runs of a project, or of all, newest first; each is read when it is asked for. */
export function* newestRuns(state: State, project?: string): Generator<RunRecord> {
  const order = 'ORDER BY started_at DESC, id DESC';
  const rows =
    project === undefined
      ? state.prepare(`SELECT id FROM run ${order}`).all()
      : state.prepare(`SELECT id FROM run WHERE project = ? ${order}`).all(project);
  for (const { id } of rows) {
    const record = runsOf(state).get(runId(String(id)));
    if (record !== null) yield record;
  }
}

type Row = { readonly [column: string]: unknown };

/** A run whose process is gone has crashed, whether or not anybody has noticed yet. */
function recordOf(state: State, row: Row): RunRecord {
  const record = storedRecord('tidegate.run/1', JSON.parse(String(row['record'])), String(row['id']));
  if (row['status'] !== 'running') return record;
  const status = isRunning(ownerOf(row)) ? 'running' : 'crashed';
  return { ...record, status, steps: stepsSoFar(state, record.id) };
}

export function ownerOf(row: Row): ProcessIdentity {
  return JSON.parse(String(row['owner'])) as ProcessIdentity;
}

/** Steps of a run that has not ended, as far as they were recorded. */
export function stepsSoFar(state: State, id: RunId): readonly StepRecord[] {
  return state
    .prepare('SELECT record FROM run_step WHERE run = ? ORDER BY rowid')
    .all(id)
    .map((row) => JSON.parse(String(row['record'])) as StepRecord);
}

/** What is known of a run before its first step. */
export type NewRun = Pick<RunRecord, 'project' | 'commit' | 'dirty' | 'branch' | 'subject' | 'goal'>;

/** Records that a run has begun, owned by this process, and gives it an id. */
export function beginRun(state: State, platform: Platform, run: NewRun): RunRecord {
  const owner = identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
  for (;;) {
    const now = new Date(platform.clock.now());
    const record: RunRecord = {
      format: 'tidegate.run/1',
      id: newRunId(now, platform),
      ...run,
      startedAt: now.toISOString(),
      endedAt: null,
      durationMs: null,
      status: 'running',
      verdict: null,
      steps: [],
      failure: null,
    };
    const values = [record.id, record.project, record.startedAt, record.status, canonicalJson(owner), JSON.stringify(record)] as const;
    const revision = [record.branch, record.commit, briefOf(record)] as const;
    const insert =
      'INSERT OR IGNORE INTO run (id, project, started_at, status, owner, record, branch, commit_id, brief) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
    if (state.commit(() => state.prepare(insert).run(...values, ...revision)).changes === 1) return record;
  }
}

function newRunId(now: Date, platform: Platform): RunId {
  const [date = '', time = ''] = now.toISOString().split('T');
  return runId(`r-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${platform.random.hex(2)}`);
}

/** Notes a step of a run that has not ended; part of the caller's transaction. */
export function noteStep(state: State, run: RunId, record: StepRecord): void {
  state.prepare('INSERT OR REPLACE INTO run_step (run, step, record) VALUES (?, ?, ?)').run(run, record.step, JSON.stringify(record));
}

/**
 * Records how a run ended, with all its steps.
 * @returns whether it was this call that ended it
 */
export function endRun(state: State, record: RunRecord): boolean {
  return state.commit(() => {
    const ended = state
      .prepare("UPDATE run SET status = ?, verdict = ?, brief = ?, record = ? WHERE id = ? AND status = 'running'")
      .run(record.status, record.verdict, briefOf(record), JSON.stringify(record), record.id);
    if (ended.changes === 1) noteStepRuns(state, record);
    for (const table of ['run_step', 'process', 'flight']) state.prepare(`DELETE FROM ${table} WHERE run = ?`).run(record.id);
    return ended.changes === 1;
  });
}

/** Records that a run whose steps have ended came to another end by what followed them. */
export function endOtherwise(state: State, record: RunRecord, end: Pick<RunRecord, 'status' | 'failure'>): RunRecord {
  const changed = { ...record, ...end };
  state.commit(() => {
    state.prepare('UPDATE run SET status = ?, record = ? WHERE id = ?').run(changed.status, JSON.stringify(changed), changed.id);
  });
  return changed;
}

export interface DeadRun {
  readonly record: RunRecord;
  readonly owner: ProcessIdentity;
}

/** Runs of any project whose process is gone without having ended them. */
export function deadRuns(state: State): readonly DeadRun[] {
  return state
    .prepare("SELECT id, status, owner, record FROM run WHERE status = 'running'")
    .all()
    .filter((row) => !isRunning(ownerOf(row)))
    .map((row) => ({ record: recordOf(state, row), owner: ownerOf(row) }));
}
