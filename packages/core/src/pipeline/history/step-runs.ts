import type { RunRecord } from '@tidegate/formats';
import type { State } from '../../store/index.ts';

/** Notes which steps ran in a run that ends, and how long; part of the caller's transaction. */
export function noteStepRuns(state: State, { id, project, startedAt, steps }: RunRecord): void {
  const insert = state.prepare(
    'INSERT OR REPLACE INTO step_run (project, step, at, run, status, duration_ms, input_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { step, status, durationMs, inputBytes = null } of steps)
    if (status === 'done' || status === 'failed') insert.run(project, step, startedAt, id, status, durationMs, inputBytes);
}
