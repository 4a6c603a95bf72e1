import type { Hindrance, LoopNote, MonitorCheck, PathEnded, PathReason, Retraining } from '@tidegate/formats';
import type { EnvironmentStatus, MonitorEntry, MonitorHistory, Revision } from '../project/index.ts';
import type { FeaturesRefreshed } from './feature-keeper.ts';
import type { StepProgress } from './progress.ts';

/** What `tidegate up` knows and does now: the answer of `GET /api/status`. Format: docs/reference/up-api.md. */
export interface UpStatus {
  readonly format: 'tidegate.up-status/1';
  readonly project: string;
  readonly pid: number;
  readonly address: string | null;
  /** ISO 8601, UTC: since when it is at work. */
  readonly since: string;
  /** The environment of `--to`; null when `branches` of tidegate.yaml say how far each goes. */
  readonly to: string | null;
  /** ISO 8601, UTC: the moment of this answer, by the clock of the system. */
  readonly at: string;
  /** ISO 8601, UTC: the event clock; null when its file cannot be read. */
  readonly eventTime: string | null;
  readonly head: Revision | null;
  /** Why the head is not taken along the path although it should be; null when nothing is in the way. */
  readonly hindrance: Hindrance | null;
  readonly change: Change | null;
  readonly isRefreshing: boolean;
  readonly isChecking: boolean;
  /** Whether sources are being looked at or read. */
  readonly isReading: boolean;
  /** The last refresh of the features; null before the first. */
  readonly features: FeaturesRefreshed | null;
  /** In the order of tidegate.yaml. */
  readonly monitors: readonly MonitorStatus[];
  readonly environments: readonly EnvironmentStatus[];
  /** Newest first. */
  readonly notes: readonly LoopNote[];
}

/** What a monitor found last. */
export interface MonitorStatus {
  readonly monitor: string;
  readonly environment: string;
  /** Null before its first look. */
  readonly last: Pick<MonitorCheck, 'sequence' | 'at' | 'verdict' | 'parts' | 'retrain'> | null;
  readonly lastRetraining: Retraining | null;
}

/** A monitor with its last looks, newest first: what plots are made from. */
export interface WatchedMonitor {
  readonly monitor: string;
  readonly history: MonitorHistory;
}

export function monitorStatus({ monitor, config, last, lastRetraining }: MonitorEntry): MonitorStatus {
  const { environment } = config;
  if (last === null) return { monitor, environment, last, lastRetraining };
  const { sequence, at, verdict, parts, retrain } = last;
  return { monitor, environment, last: { sequence, at, verdict, parts, retrain }, lastRetraining };
}

/** The change that is on its way, or the last one that was. */
export interface Change {
  readonly commit: string;
  readonly subject: string;
  readonly goal: string;
  /** The environments on the way to the goal, in the order they are reached; none for the gate. */
  readonly route: readonly string[];
  readonly why: PathReason;
  /** ISO 8601, UTC. */
  readonly begunAt: string;
  readonly run: string | null;
  readonly steps: readonly StepProgress[];
  /** Whether the gate has passed, and the way goes on to the goal. */
  readonly isPastGate: boolean;
  /** Environments that it is live in by now. */
  readonly reached: readonly string[];
  /** What goes on after the steps; null when nothing does. */
  readonly doing: string | null;
  /** Null while it is on its way. */
  readonly ended: (PathEnded & { readonly at: string }) | null;
}
