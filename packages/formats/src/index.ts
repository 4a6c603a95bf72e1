export type { AnomalyReport, FineNote, JudgedMeasure, MeasuredVersion, MeasureSort, VersionMeasure } from './anomalies.ts';
export { type BundleManifest, parseBundleManifest } from './bundle.ts';
export { type Artifact, type StableDigest, type Tree, type TreeEntry } from './artifact.ts';
export {
  type CheckResult,
  type Column,
  type ColumnProfile,
  type DatasetChecks,
  type DatasetSchema,
  type DatasetVersion,
  type Histogram,
  type LogicalType,
  type Profile,
} from './dataset-version.ts';
export {
  type ColumnPart,
  type Distribution,
  type FrequentValues,
  type ProfileCells,
  type ProfilePart,
  type KeyedPart,
  type ProfileParts,
  type TextPatterns,
} from './profile-part.ts';
export { type Deployment, type DeploymentAction, type DeploymentTests, type DeploymentUnderWay } from './deployment.ts';
export { digest, digestOfHex, hexOf, isDigest, shortDigest, type Digest } from './digest.ts';
export {
  type BaselineMetrics,
  type Comparison,
  type Curve,
  type Evaluation,
  type Metric,
  type SeedSpread,
  type SliceComparison,
  type SliceMetrics,
} from './evaluation.ts';
export type { Dependence, DependenceLine, Explanation, Importance, InputsTogether } from './explanation.ts';
export type { ErrorAnalysis, ErrorRow, Gathering } from './error-analysis.ts';
export {
  type CategoryBins,
  type DriftReference,
  type ReferenceSample,
  type ReferenceWindows,
  type HalvedCounts,
  type OrderedBins,
  type ReconstructionReference,
  type ReferenceColumn,
} from './drift-reference.ts';
export type { JointDrift, JointFinding } from './joint-drift.ts';
export type { DriftedSlice, SliceDrift } from './slice-drift.ts';
export { durationBuckets } from './duration-buckets.ts';
export { exitOfRun, exitOfVerdict, failureOfRun } from './exit-code.ts';
export { type EmitEvent, type Event } from './events.ts';
export { type Evidence, type EvidenceKind } from './evidence.ts';
export { TidegateError, failure, type Diagnostic, type Place } from './failure.ts';
export {
  type Certificate,
  type FeatureColumn,
  type FeatureServiceSpec,
  type FeatureSetRecord,
  type FeatureViewSpec,
} from './feature-set.ts';
export { fanOutOf, isRunId, isStepName, nameForm, runId, stepName, type RunId, type StepName } from './ids.ts';
export type { ItemsRecord } from './items-record.ts';
export { canonicalJson, compareCodeUnits, type Json, type JsonObject, recordJson } from './json.ts';
export { type KeyRecord, type KeySalt, type SecretHash } from './key-record.ts';
export {
  type Hindrance,
  type LoopEvent,
  type LoopFailure,
  type LoopNote,
  type MovedPin,
  type PathEnded,
  type PathOutcome,
  type PathReason,
  type RefreshReason,
} from './loop-note.ts';
export {
  customMetric,
  type CustomMetricName,
  findMetric,
  isCustomMetric,
  knownMetrics,
  type KnownMetric,
  type MetricName,
  type MetricNeed,
} from './metric-names.ts';
export { type Flavor, type ModelVersion, type Signature, type Task } from './model.ts';
export {
  type LabelCounts,
  type MonitorCheck,
  type MonitorPart,
  type MonitorWindow,
  type QualityDetails,
  type RetrainDecision,
  type Retraining,
  type StalenessDetails,
  type WatchedColumnDrift,
} from './monitor-check.ts';
export { type ColumnDrift, type SmallestDrift } from './column-drift.ts';
export {
  type ColumnMeasures,
  type DataDrift,
  type DriftedColumn,
  type DriftHistogram,
  type DriftSample,
  type DriftSince,
  type DriftView,
} from './data-drift.ts';
export { nearest } from './nearest.ts';
export { fieldsOf, type ProtobufField, wholeNumbers } from './protobuf.ts';
export { type LoggedColumn, type LoggedPrediction, type LoggedValue, type PredictionSegment, predictionSegment } from './prediction-log.ts';
export { type ReleaseManifest } from './release.ts';
export { type OutputDifference, type Repetition, type Spread } from './repetition.ts';
export { failed, invariant, ok, unreachable, type Result } from './result.ts';
export {
  type EarlierAttempt,
  type MissReason,
  type ResultOrigin,
  type RunRecord,
  type RunStatus,
  type StepEnd,
  type StepRecord,
  type StepStatus,
  type TakenFrom,
} from './run-record.ts';
export {
  deployRequestShape,
  type FromServer,
  type SupervisorDeploy,
  type SupervisorReply,
  type SupervisorRequest,
  type SupervisorState,
  supervisorStateShape,
  type ToServer,
} from './supervision.ts';
export { type ForgottenInVersion, type ModelThatSaw, type RowTombstone } from './row-tombstone.ts';
export { parseRemoteNeeds, type RemoteNeeds } from './remote-needs.ts';
export { parseSharedRelease, parseSharedResult, type SharedRelease, type SharedResult } from './shared-record.ts';
export { parseSharedPosition, type SharedPosition } from './shared-position.ts';
export { type TableColumn, type TableGroup, type TableLayer, type TableRecord } from './table.ts';
export { type SmokeCase, type SmokeReport } from './smoke-report.ts';
export { type DependenciesOfTest, type DependencyFile, type TestDependencies } from './test-dependencies.ts';
export { type CaseQuarantine, type TestCase, type TestReport, type TestSelection } from './test-report.ts';
export { type ReplayDifference, type ReplayOutcome, type RunReplay } from './run-replay.ts';
export type { ReplayedStep, VerdictReplay } from './verdict-replay.ts';
export { type ReplayedExample, type ReplayedFeature, type ReplayedRelease, type ReplayedRows, type ReplayReport } from './replay-report.ts';
export { type ScoredFile, type ScoreMoments, type ScoreReceipt } from './score-receipt.ts';
export type { MeasuredServing, ServingCost } from './serving-cost.ts';
export { requireFormat, storedRecord, type StoredRecords } from './stored-record.ts';
export { worstVerdict, type Verdict } from './verdict.ts';
export { diskTrouble } from './disk-trouble.ts';
export { sqliteFault } from './sqlite-fault.ts';
export { isZone, lessTrusted, mayRead, readableZones, type Zone, zones } from './zone.ts';
export { errorCatalogue, errorEntry, isErrorCode, type ErrorCode } from './errors/catalogue.ts';
export type { ErrorEntry } from './errors/entry.ts';
export * as shape from './shape.ts';
