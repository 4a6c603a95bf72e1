import type { Json } from './json.ts';
import type { Verdict } from './verdict.ts';

/** What was measured; each kind's `details` has the shape named beside it. */
export type EvidenceKind =
  | 'check' //       details: CheckResult (dataset-version.ts)
  | 'anomaly' //     details: a JudgedMeasure without its past, or what is judged (anomalies.ts)
  | 'leakage' //     details: Certificate (feature-set.ts), or what rows and inputs of a model show
  | 'test' //        details: TestReport (test-report.ts)
  | 'limit' //       an absolute limit on a metric, a size or a latency
  | 'comparison' //  details: Comparison (evaluation.ts), champion against candidate
  | 'slice' //       details: SliceComparison (evaluation.ts)
  | 'baseline' //    details: BaselineMetrics (evaluation.ts), a model that anybody could make against the candidate
  | 'behaviour' //   details: how often a test of a model's behaviour fails, and the champion with it
  | 'explanation' // details: importances (explanation.ts), what moves the predictions
  | 'validity' //    whether a comparison is allowed at all (same rows, none of them trained on, …)
  | 'safety' //      details: the findings of a model file's scan: where, what
  | 'drift' //       details: ColumnDrift (monitor-check.ts), of a service that is live
  | 'quality' //     details: QualityDetails (monitor-check.ts)
  | 'staleness'; //  details: StalenessDetails (monitor-check.ts)

/** A stored record that something was measured, and what a policy says of it. */
export interface Evidence {
  readonly format: 'tidegate.evidence/1';
  readonly kind: EvidenceKind;
  /** Unique within the step that made it, e.g. `carrier.valid_values`, `primary.auc`, `slice.origin=JFK`. */
  readonly name: string;
  /** Qualified name of what it is about: `data.flights`, `features.delay`, `models.delay`, `services.delay-api`. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** Whether a verdict other than pass stops what depends on the subject. */
  readonly blocking: boolean;
  /** One sentence with the numbers, first letter capital, no final period. */
  readonly reason: string;
  readonly details: Json;
}
