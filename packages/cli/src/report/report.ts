import type { ChangedContract, MonitorHistory, TriedService } from '@tidegate/core';
import type {
  DatasetVersion,
  Deployment,
  Digest,
  Evaluation,
  FeatureSetRecord,
  ReplayReport,
  RunRecord,
  ScoreReceipt,
  TestReport,
} from '@tidegate/formats';

/** A run with the records its steps made, as far as they are there. */
export interface RunReport {
  readonly run: RunRecord;
  readonly datasets: readonly DatasetVersion[];
  readonly features: readonly FeatureSetRecord[];
  readonly evaluations: readonly Evaluation[];
  /** What serving cost in the trials of services, by model. */
  readonly costs: { readonly [model: string]: readonly TriedService[] };
  readonly tests: readonly TestReport[];
  /** Step or model → names of everything that depends on it. */
  readonly dependents: { readonly [name: string]: readonly string[] };
  readonly release: Digest | null;
  /** Data contracts that differ from the base that the run was judged against; none where it has no base. */
  readonly contracts: readonly ChangedContract[];
}

/** Everything a report page shows: one run, or the whole story of a project. */
export interface Report {
  readonly project: string;
  readonly madeAt: string;
  readonly version: string;
  readonly runs: readonly RunReport[];
  readonly deployments: readonly Deployment[];
  /** What the project's monitors found, by name; of a story only. */
  readonly monitors: { readonly [monitor: string]: MonitorHistory };
  /** Files that were scored, newest first; of a story only. */
  readonly scores: readonly ScoreReceipt[];
  /** What `tidegate score --replay` found, when it is given. */
  readonly parity: ReplayReport | null;
}
