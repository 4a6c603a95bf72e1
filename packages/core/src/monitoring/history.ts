import { type MonitorCheck, type Retraining, type StoredRecords, storedRecord } from '@tidegate/formats';
import type { State } from '../store/index.ts';

/** A monitor of a project. */
export interface MonitorPlace {
  readonly project: string;
  readonly monitor: string;
}

/** What a monitor found, newest first. */
export function monitorChecks(state: State, place: MonitorPlace, most: number): readonly MonitorCheck[] {
  return read(state, place, { table: 'monitor_check', format: 'tidegate.monitor-check/1', most });
}

/** Appends a check and gives it the next number of its monitor. @throws TG-STORE-DISK-FULL */
export function appendCheck(state: State, check: Omit<MonitorCheck, 'format' | 'sequence'>): MonitorCheck {
  return append(state, check, 'monitor_check', (sequence): MonitorCheck => ({ format: 'tidegate.monitor-check/1', sequence, ...check }));
}

/** The trainings that a monitor started, newest first. */
export function retrainings(state: State, place: MonitorPlace, most: number): readonly Retraining[] {
  return read(state, place, { table: 'retraining', format: 'tidegate.retraining/1', most });
}

/** @throws TG-STORE-DISK-FULL */
export function appendRetraining(state: State, retraining: Omit<Retraining, 'format' | 'sequence'>): Retraining {
  return append(state, retraining, 'retraining', (sequence): Retraining => ({ format: 'tidegate.retraining/1', sequence, ...retraining }));
}

interface Table<Format> {
  readonly table: 'monitor_check' | 'retraining';
  readonly format: Format;
  readonly most: number;
}

function read<Format extends 'tidegate.monitor-check/1' | 'tidegate.retraining/1'>(
  state: State,
  { project, monitor }: MonitorPlace,
  { table, format, most }: Table<Format>,
): readonly StoredRecords[Format][] {
  return state
    .prepare(`SELECT record FROM ${table} WHERE project = ? AND monitor = ? ORDER BY sequence DESC LIMIT ?`)
    .all(project, monitor, most)
    .map((row) => storedRecord(format, JSON.parse(String(row['record'])), `a record of the monitor ${monitor}`));
}

function append<T>(state: State, { project, monitor }: MonitorPlace, table: Table<unknown>['table'], numbered: (sequence: number) => T): T {
  return state.commit(() => {
    const last = state.prepare(`SELECT max(sequence) AS last FROM ${table} WHERE project = ? AND monitor = ?`).get(project, monitor);
    const sequence = Number(last?.['last'] ?? 0) + 1;
    const record = numbered(sequence);
    state
      .prepare(`INSERT INTO ${table} (project, monitor, sequence, record) VALUES (?, ?, ?, ?)`)
      .run(project, monitor, sequence, JSON.stringify(record));
    return record;
  });
}
