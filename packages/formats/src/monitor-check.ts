import type { ColumnDrift } from './column-drift.ts';
import type { Metric } from './evaluation.ts';
import type { Digest } from './digest.ts';
import type { Evidence } from './evidence.ts';
import type { RunId } from './ids.ts';
import type { Verdict } from './verdict.ts';

/** One evaluation of a monitor; appended and never changed. Specification: docs/reference/formats/monitor-check.md. */
export interface MonitorCheck {
  readonly format: 'tidegate.monitor-check/1';
  /** 1, 2, 3 … within the monitor. */
  readonly sequence: number;
  readonly project: string;
  /** The service that is watched. */
  readonly monitor: string;
  readonly environment: string;
  /** What was live; null when nothing was. */
  readonly release: Digest | null;
  readonly modelVersion: Digest | null;
  /** ISO 8601, UTC: the moment that is asked about, on the event clock. */
  readonly at: string;
  /** The same on the system's clock: when it was done. */
  readonly checkedAt: string;
  /** The worst of its parts. */
  readonly verdict: Verdict;
  readonly parts: readonly MonitorPart[];
  /** What was measured: kinds `drift`, `quality` and `staleness`. */
  readonly evidence: readonly Evidence[];
  readonly retrain: RetrainDecision;
}

export interface MonitorPart {
  readonly part: 'drift' | 'quality' | 'staleness';
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly reason: string;
  /** Moments of the predictions that were looked at: after `from`, up to `until`; null for staleness. */
  readonly window: MonitorWindow | null;
}

/** ISO 8601, UTC. */
export interface MonitorWindow {
  readonly from: string;
  readonly until: string;
  /** Predictions of the live release that were looked at. */
  readonly rows: number;
  /** Predictions of the window that other releases made, which are not looked at. */
  readonly ofOtherReleases: number;
  /** One in so many rows was taken, chosen by a hash of their ids; 1 = all. */
  readonly oneIn: number;
}

/** Whether to train again; deciding is all that a monitor does. */
export interface RetrainDecision {
  /** Whether a training is to be started now. */
  readonly wanted: boolean;
  /** What asks for one, a sentence each. */
  readonly reasons: readonly string[];
  /** Why none is started although something asks for it; null otherwise. */
  readonly heldBackBy: string | null;
}

/** `details` of evidence of kind `drift` of a monitor: one column. */
export interface WatchedColumnDrift extends ColumnDrift {
  readonly role: 'input' | 'prediction';
}

/** `details` of evidence of kind `quality`. */
export interface QualityDetails {
  readonly metric: string;
  readonly labels: LabelCounts;
  readonly coverage: number;
  readonly minCoverage: number;
  /** Null when the rows cannot show the metric. */
  readonly current: Metric | null;
  readonly atGate: Metric | null;
  /** Current against gate; positive = better now. Null without both. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number; readonly confidence: number } | null;
  /** In the metric's unit. */
  readonly margin: number | null;
  readonly rowsNeeded: number | null;
}

/** What became of predictions and of labels. */
export interface LabelCounts {
  readonly predictions: number;
  readonly labelled: number;
  /** Predictions without a label. */
  readonly missing: number;
  /** Predictions whose label came later than `maturity` after them; they count as labelled. */
  readonly late: number;
  /** Label rows that repeat another one. */
  readonly duplicates: number;
  /** Predictions with different labels, of which the latest was taken. */
  readonly corrected: number;
  /** Predictions with different labels of one time, which are left out. */
  readonly contradicting: number;
  /** Labels that are no class of the model, or no number; left out. */
  readonly unusable: number;
  /** Label rows whose prediction id no log has. */
  readonly unknownIds: number;
  /** Label rows of a time after the moment that is asked about. */
  readonly notYetKnown: number;
}

/** `details` of evidence of kind `staleness`. */
export interface StalenessDetails {
  /** `model`, `data.flights`, `features.weather` */
  readonly of: string;
  /** ISO 8601, UTC; null when nothing is known of it. */
  readonly newest: string | null;
  readonly ageMs: number | null;
  readonly limitMs: number;
}

/** That a training was started because of a monitor, from which its cooldown counts. */
export interface Retraining {
  readonly format: 'tidegate.retraining/1';
  /** 1, 2, 3 … within the monitor. */
  readonly sequence: number;
  readonly project: string;
  readonly monitor: string;
  readonly run: RunId;
  /** ISO 8601, UTC, on the event clock. */
  readonly at: string;
  /** On the system's clock. */
  readonly notedAt: string;
}
