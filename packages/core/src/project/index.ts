export type { ChangedDataset } from './ci/changed-datasets.ts';
export { type ComparedMetric, type ComparedRuns, compareRuns } from './compare-runs.ts';
export type { ChangedFile } from './ci/changed-files.ts';
export type { ChangedService, ChangedView } from './ci/changed-features.ts';
export { type ChangeRequest, type JudgedChange, judgeChange } from './ci/judge-change.ts';
export type { JudgedModel } from './ci/judged-models.ts';
export { placeInRepository, type RepositoryPlace } from './ci/repository-root.ts';
export {
  compareDataset,
  type DatasetEntry,
  datasetHistory,
  type DatasetHistoryEntry,
  inferDataContract,
  listDatasets,
  newestDataset,
} from './dataset-views.ts';
export { type Choices, type Detected, detectProject, projectFile } from './detect.ts';
export type { Live } from './deployed.ts';
export { endDeadRuns } from './end-dead-runs.ts';
export { exportNamed, type ImportedBundle, importInto } from './bundles.ts';
export { deploymentsOf, deployTo, environmentsOf, type EnvironmentStatus, rollBack, startAgain, stopEnvironment } from './environments.ts';
export { examine, type ExamineOptions, type Finding } from './examine.ts';
export { type ExecOptions, runInVirtualEnvironment } from './exec.ts';
export { type Explained, type ExplainedStep, explainName } from './explain.ts';
export type { ExplainedArtifact } from './explain-artifact.ts';
export type { ExplainedRun } from './explain-run.ts';
export { type ExplainedPrediction, explainPrediction, isPredictionId } from './explain-prediction.ts';
export { type FeatureServiceEntry, listFeatures, type Materialised, materialiseFeatures, placeFeatureSets } from './feature-views.ts';
export { exportMonitoring } from './export-monitoring.ts';
export {
  type FeatureRefresh,
  openFeatureRefresh,
  type RefreshedDataset,
  type RefreshedFeatures,
  type RefreshedFeatureView,
  refreshFeatures,
  type RefreshRequest,
  type SkippedFile,
} from './feature-refresh.ts';
export { type GraphNode, graphProject, type ProjectGraph } from './graph-project.ts';
export { findProjectRoot } from './find-root.ts';
export { ignoreBuild } from './ignore-build.ts';
export { listModels, type ModelEntry, modelLineage } from './model-views.ts';
export {
  checkMonitors,
  listMonitors,
  type MonitorChecks,
  type MonitorEntry,
  monitorHistory,
  type MonitorHistory,
  noteRetraining,
  type TriedRows,
  tryMonitor,
} from './monitors.ts';
export { findByName, type Found } from './named.ts';
export { testSteps } from './nodes.ts';
export { openProject, type OpenOptions } from './open-project.ts';
export { placeDataset, type PlacedDataset, type PlaceRequest } from './place-dataset.ts';
export { type PlacedRelease, placeRelease, type PlaceReleaseRequest } from './place-release.ts';
export type { InputChange } from './changes/input-changes.ts';
export type { PartOfRun } from './part-of-run.ts';
export { type PlanEntry, planProject, type ProjectPlan, type ProjectPlanOptions } from './plan-project.ts';
export type { Project, ServingProgram } from './project.ts';
export { type PushRequest, type PushResult, pushRows } from './push-rows.ts';
export { type Revision, revisionOf } from './revision.ts';
export { type ProjectRun, type ProjectRunOptions, runProject } from './run-project.ts';
export { type PinnedDataset, placePinned } from './remote/place-pinned.ts';
export { pushProject, shareAfter, type Shared } from './remote/share.ts';
export { listRunsInBrief, requireRun } from './run-history.ts';
export { runReport, type RunReportData } from './run-report.ts';
export { findRun, lastRun, listRuns, stepLog } from './runs.ts';
export { type LogLine, searchLogs } from './step-logs.ts';
export { replayRun } from './replay/replay-run.ts';
export { replayPredictions, type ReplayRequest } from './replay-predictions.ts';
export { listScores, scoreRows, type ScoreRequest } from './score.ts';
export { type FolderToServe, type ReleaseToServe, serveFolder, serveRelease, type ServerOptions } from './serve.ts';
export { projectStatus, type ProjectStatus } from './status.ts';
export { checkStore, type StoreCheck, type StoreProblem } from './store/check-store.ts';
export { collectGarbage, type GarbageReport, type GarbageRequest, type JudgedObject } from './store/collect-garbage.ts';
export { type Scrub, scrub, type ScrubOptions } from './store/scrub.ts';
export { listPins, type Pin, pin, unpin } from './store/pins.ts';
export { type StoreInBrief, storeInBrief } from './store/store-in-brief.ts';
