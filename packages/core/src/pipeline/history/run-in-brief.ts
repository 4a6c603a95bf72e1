import { type RunId, type RunRecord, type RunStatus, runId, type StepName, type Verdict } from '@tidegate/formats';
import { isRunning, type ProcessIdentity } from '../../platform/index.ts';
import type { State } from '../../store/index.ts';

/** A run as a list shows it: read from columns, whatever its record weighs. Specification: docs/reference/formats/run-record.md. */
export interface RunInBrief extends Pick<
  RunRecord,
  'id' | 'project' | 'commit' | 'dirty' | 'branch' | 'subject' | 'startedAt' | 'endedAt' | 'durationMs' | 'goal' | 'status' | 'verdict'
> {
  /** How many steps the run had, ran, and saw fail; of one that has not ended, as far as is known: none. */
  readonly steps: { readonly all: number; readonly ran: number; readonly failed: number };
}

/** Which runs are wanted; what is left out does not matter. */
export interface RunsWanted {
  readonly project: string;
  readonly status?: RunStatus;
  readonly verdict?: Verdict;
  /** A step that ran in it, whether or not it failed. */
  readonly step?: StepName;
  readonly branch?: string;
  /** The commit, or its first digits. */
  readonly commit?: string;
  /** ISO 8601, UTC: runs that began at this moment or later. */
  readonly since?: string;
  /** ISO 8601, UTC: runs that began earlier. */
  readonly until?: string;
  readonly limit: number;
}

/** Runs without their records, newest first. */
export function runsInBrief(state: State, wanted: RunsWanted): readonly RunInBrief[] {
  const { sql, values } = queryOf(wanted);
  const found: RunInBrief[] = [];
  for (const row of state.database.prepare(sql).iterate(...values)) {
    if (found.length >= wanted.limit) break;
    const run = readRow(state, row);
    if (wanted.status === undefined || run.status === wanted.status) found.push(run);
  }
  return found;
}

type Value = string | number;

/** Every column asked for is in the index `run_in_brief`. */
function queryOf(wanted: RunsWanted): { readonly sql: string; readonly values: readonly Value[] } {
  const { project, status, verdict, step, branch, commit, since, until } = wanted;
  const conditions: readonly (readonly [string, readonly (Value | undefined)[]])[] = [
    ['project = ?', [project]],
    ['started_at >= ?', [since]],
    ['started_at < ?', [until]],
    // a run that was killed counts as running until somebody has looked
    [`status IN (?, '${status === 'crashed' ? 'running' : ''}')`, [status]],
    ['verdict = ?', [verdict]],
    ['branch = ?', [branch]],
    ['substr(commit_id, 1, ?) = ?', [commit?.length, commit]],
    ['id IN (SELECT run FROM step_run WHERE project = ? AND step = ?)', [step && project, step]],
  ];
  const asked = conditions.filter(([, values]) => !values.includes(undefined));
  return {
    sql: `SELECT id, project, started_at, status, verdict, branch, commit_id, brief FROM run WHERE ${asked.map(([text]) => text).join(' AND ')} ORDER BY started_at DESC, id DESC`,
    values: asked.flatMap(([, values]) => values.filter((value) => value !== undefined)),
  };
}

type Row = { readonly [column: string]: unknown };
type Brief = Pick<RunInBrief, 'dirty' | 'subject' | 'goal' | 'endedAt' | 'durationMs' | 'steps'>;

/** A record without its steps. */
export function inBrief({ steps, format: _format, failure: _failure, ...run }: RunRecord): RunInBrief {
  const failed = steps.filter(({ status }) => status === 'failed').length;
  const ran = failed + steps.filter(({ status }) => status === 'done').length;
  return { ...run, steps: { all: steps.length, ran, failed } };
}

/** What the column `brief` holds of a run: what a list shows and nobody filters by. */
export function briefOf(record: RunRecord): string {
  const { dirty, subject, goal, endedAt, durationMs, steps } = inBrief(record);
  const brief: Brief = { dirty, subject, goal, endedAt, durationMs, steps };
  return JSON.stringify(brief);
}

function readRow(state: State, row: Row): RunInBrief {
  const brief = JSON.parse(String(row['brief'])) as Brief;
  const id = runId(String(row['id']));
  return {
    id,
    project: String(row['project']),
    commit: textOrNull(row['commit_id']),
    branch: textOrNull(row['branch']),
    startedAt: String(row['started_at']),
    status: row['status'] === 'running' && !isAlive(state, id) ? 'crashed' : (row['status'] as RunStatus),
    verdict: row['verdict'] as Verdict | null,
    ...brief,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isAlive(state: State, id: RunId): boolean {
  const row = state.prepare('SELECT owner FROM run WHERE id = ?').get(id);
  return row !== undefined && isRunning(JSON.parse(String(row['owner'])) as ProcessIdentity);
}

/** The commit of a run; null when it was made at none, or nobody knows it. */
export function commitOfRun(state: State, id: RunId): string | null {
  return textOrNull(state.prepare('SELECT commit_id FROM run WHERE id = ?').get(id)?.['commit_id']);
}
