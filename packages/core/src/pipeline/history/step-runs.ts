import type { RunRecord, StepName } from '@tidegate/formats';
import type { State } from '../../store/index.ts';

/** One time that a step ran to its end. */
export interface StepRunTime {
  readonly durationMs: number;
  /** Bytes of all its inputs; null when a Tidegate ran it that did not note them. */
  readonly inputBytes: number | null;
}

/** Notes which steps ran in a run that ends, and how long; part of the caller's transaction. */
export function noteStepRuns(state: State, { id, project, startedAt, steps }: RunRecord): void {
  const insert = state.prepare(
    'INSERT OR REPLACE INTO step_run (project, step, at, run, status, duration_ms, input_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { step, status, durationMs, inputBytes = null } of steps)
    if (status === 'done' || status === 'failed') insert.run(project, step, startedAt, id, status, durationMs, inputBytes);
}

/** How long a step took when it last ran to its end, newest first. */
export function stepTimes(
  state: State,
  { project, step }: { readonly project: string; readonly step: StepName },
  limit: number,
): readonly StepRunTime[] {
  return state
    .prepare(
      "SELECT duration_ms, input_bytes FROM step_run WHERE project = ? AND step = ? AND status = 'done' ORDER BY at DESC, run DESC LIMIT ?",
    )
    .all(project, step, limit)
    .map((row) => ({
      durationMs: Number(row['duration_ms']),
      inputBytes: row['input_bytes'] === null ? null : Number(row['input_bytes']),
    }));
}

/** Steps of a project that have ever run to their end here: one question for who would ask about thousands. */
export function stepsThatRan(state: State, project: string): ReadonlySet<string> {
  const rows = state.prepare("SELECT DISTINCT step FROM step_run WHERE project = ? AND status = 'done'").all(project);
  return new Set(rows.map((row) => String(row['step'])));
}
