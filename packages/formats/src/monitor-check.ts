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

/** `details` of evidence of kind `drift`: one column. Shares are by bin, those of a reference before those of the window. */
export interface ColumnDrift {
  readonly column: string;
  readonly role: 'input' | 'prediction';
  readonly kind: 'ordered' | 'categories';
  readonly rows: number;
  readonly referenceRows: number;
  /** Total variation distance with one-sided bounds at `confidence` each. */
  readonly distance: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** How much more than `usual` matters. */
  readonly floor: number;
  /** What windows of the reference differ by among themselves; null when the column is judged by rows. */
  readonly usual: number | null;
  /** The change of the share of rows without a value, where it is judged apart because a distance is usual; null elsewhere. */
  readonly missing: { readonly distance: number; readonly low: number; readonly high: number; readonly usual: number } | null;
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly falseAlarms: number;
  /** The smallest change that so many rows would have found with a chance of 80 %; null when none. */
  readonly smallest: { readonly distance: number; readonly deviations: number | null } | null;
  /** Rows that would decide, when inconclusive and known. */
  readonly rowsNeeded: number | null;
  /** Averages; null for categories. */
  readonly means: { readonly reference: number | null; readonly current: number | null } | null;
  /** What each bin holds, in words: `at most 4.6`, `UA`, `missing`. */
  readonly bins: readonly { readonly name: string; readonly reference: number; readonly current: number }[];
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
