export type { ChangedDataset } from './ci/changed-datasets.ts';
export { type ComparedMetric, type ComparedRuns, compareRuns } from './run/compare-runs.ts';
export type { ChangedFile } from './ci/changed-files.ts';
export type { ChangedService, ChangedView } from './ci/changed-features.ts';
export type { ChangedContract } from './ci/changed-contracts.ts';
export { type ChangeRequest, type JudgedChange, judgeChange } from './ci/judge-change.ts';
export type { JudgedModel } from './ci/judged-models.ts';
export { placeInRepository, type RepositoryPlace } from './ci/repository-root.ts';
export { type DatasetProfile, datasetProfile } from './data/dataset-profile.ts';
export type { Correlations } from '../data/index.ts';
export { datasetToShow } from './data/aside-as-version.ts';
export { type DatasetEntry, datasetHistory, type DatasetHistoryEntry, listDatasets, newestDataset } from './data/dataset-views.ts';
export { type Choices, type Detected, detectProject, projectFile } from './detect.ts';
export { inferDataContract, type InferredDataset } from './data/infer-dataset.ts';
export { type ContractUpdate, proposeContractUpdate, writeContractUpdate } from './data/update-contract.ts';
export type { Live } from './deploy/deployed.ts';
export { endDeadRuns } from './run/end-dead-runs.ts';
export { exportNamed, type ImportedBundle, importInto } from './remote/bundles.ts';
export {
  deploymentsOf,
  deployTo,
  environmentsOf,
  type EnvironmentStatus,
  rollBack,
  startAgain,
  stopEnvironment,
} from './deploy/environments.ts';
export { examine, type ExamineOptions, type Finding } from './examine.ts';
export { type ExecOptions, runInVirtualEnvironment } from './run/exec.ts';
export { type Explained, type ExplainedStep, explainName } from './explain/explain.ts';
export type { ExplainedArtifact } from './explain/explain-artifact.ts';
export type { ExplainedRun } from './explain/explain-run.ts';
export { type ExplainedPrediction, explainPrediction, isPredictionId } from './explain/explain-prediction.ts';
export {
  type FeatureServiceEntry,
  listFeatures,
  type Materialised,
  materialiseFeatures,
  placeFeatureSets,
} from './features/feature-views.ts';
export { exportMonitoring } from './monitors/export-monitoring.ts';
export {
  type FeatureRefresh,
  openFeatureRefresh,
  type RefreshedDataset,
  type RefreshedFeatures,
  type RefreshedFeatureView,
  refreshFeatures,
  type RefreshRequest,
  type SkippedFile,
} from './features/feature-refresh.ts';
export { type GraphNode, graphProject, type ProjectGraph } from './run/graph-project.ts';
export { findProjectRoot } from './find-root.ts';
export { buildReleaseImage, type ReleaseImage } from './images/build-release-image.ts';
export { pinBase } from './images/pin-base.ts';
export { type ImageFormat, pushReleaseImage, writeImage } from './images/write-image.ts';
export { ignoreBuild } from './ignore-build.ts';
export { type ComparedModels, compareModels, type ModelDifference } from './models/compare-models.ts';
export { type SigningKey, signingKey } from './models/model-key.ts';
export { type ExportedModel, exportModel, type ModelExport, type ModelFormat } from './models/export-model.ts';
export { importModel, type ImportModelRequest, type ModelImport, stepFor } from './models/import/import-model.ts';
export { type LiveModel, modelsLiveAt } from './models/live-models.ts';
export { type ModelFacts, modelFacts } from './models/model-facts.ts';
export type { TriedService } from './models/trials-of.ts';
export {
  type VerifiedFolder,
  type VerifiedModelVersion,
  verifyModelFolder,
  verifyModelVersion,
  type VerifyRequest,
} from './models/verify-model.ts';
export { listModels, type ModelEntry, modelLineage } from './models/model-views.ts';
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
} from './monitors/monitors.ts';
export { type DatasetAnomalies, datasetAnomalies, type SayFine, sayFine } from './anomalies/dataset-anomalies.ts';
export type { AddedThatGoes } from './forget/added-that-goes.ts';
export { checkKeysToForget, type ForgetOptions, forgetRows, type ForgottenRowsReport } from './forget/forget-rows.ts';
export { heedTombstones } from './forget/heed-tombstones.ts';
export type { TakenOver } from './forget/take-over-tombstones.ts';
export { type ListedTombstone, listTombstones } from './forget/tombstones.ts';
export { findByName, type Found } from './named.ts';
export { acceptGolden, type AcceptedRows } from './tests/accept-golden.ts';
export { type Annotation, annotationsOf } from './tests/annotations.ts';
export { type FlakyTest, flakyTests } from './tests/flaky-tests.ts';
export { testedPlaces } from './tests/tested-places.ts';
export { type TestedSuite, testedSuites } from './tests/tested-suites.ts';
export { testSteps } from './tests/test-steps.ts';
export { openProject, type OpenOptions } from './open-project.ts';
export { placeDataset, type PlacedDataset, type PlaceRequest } from './data/place-dataset.ts';
export { type PlacedRelease, placeRelease, type PlaceReleaseRequest } from './deploy/place-release.ts';
export type { InputChange } from './changes/input-changes.ts';
export type { PartOfRun } from './run/part-of-run.ts';
export type { LeftOut } from '../config/index.ts';
export {
  type ContractDiff,
  type ContractDiffRequest,
  diffContractFiles,
  type WeighedChange,
  type ContractSummary,
  type ContractTestRequest,
  type JudgedCheck,
  type JudgedContract,
  type LintedContract,
  lintContractFile,
  testContractFile,
} from '../data/index.ts';
export { diffProjectContracts, type ProjectContractDiff, type ProjectDiffRequest } from './contracts/diff-project-contracts.ts';
export type { HitByChange, HitByColumn, LiveService, Readers } from './contracts/who-is-hit.ts';
export { type DatasetContractTest, testDatasetContract } from './contracts/test-dataset-contract.ts';
export { type LiveServiceTest, testLiveService } from './contracts/test-live-service.ts';
export { type ContractImport, type Exported, type ExportKind, exportKinds, type ForeignKind, foreignKinds } from '../data/index.ts';
export { exportContractFile, importContractFile, importPanderaSchema, type ImportRequest } from './data/exchange-contract.ts';
export type { LeftOutRows } from '../data/index.ts';
export { type PlanEntry, planProject, type ProjectPlan, type ProjectPlanOptions } from './run/plan-project.ts';
export type { Project, ServingProgram } from './project.ts';
export { type PushRequest, type PushResult, pushRows } from './features/push-rows.ts';
export { type Revision, revisionOf } from './revision.ts';
export { type ProjectRun, type ProjectRunOptions, runProject } from './run/run-project.ts';
export { type PinnedDataset, placePinned } from './remote/place-pinned.ts';
export { type DescribedFile, describeFile } from './remote/describe-file.ts';
export { briefOfRemote, checkRemote, repairIndexOfRemote, collectRemoteGarbage } from './remote/look-after-remote.ts';
export { pullData, type PulledDataset } from './remote/pull-data.ts';
export { pushData, type PushedDataset } from './remote/push-data.ts';
export { pushProject, shareAfter, type Shared } from './remote/share.ts';
export { listRunsInBrief, requireRun } from './run/run-history.ts';
export { runReport, type RunReportData } from './run/run-report.ts';
export { type Experiment, type ExperimentMetric, experimentsOf } from './run/experiments.ts';
export { findRun, lastRun, listRuns, stepLog } from './run/runs.ts';
export { type LogLine, searchLogs } from './run/step-logs.ts';
export { replayRun } from './replay/replay-run.ts';
export { replayVerdicts } from './replay/replay-verdicts.ts';
export { replayPredictions, type ReplayRequest } from './scoring/replay-predictions.ts';
export { listScores, scoreRows, type ScoreRequest } from './scoring/score.ts';
export { type FolderToServe, type ReleaseToServe, serveFolder, serveRelease, type ServerOptions } from './deploy/serve.ts';
export { projectStatus, type ProjectStatus } from './status.ts';
export { type ColumnDifference, type ComparedFile, type ComparedFiles, isDvcFile, type SchemaChange } from '../data/index.ts';
export type { ColumnReader } from './data/readings/column-readers.ts';
export type { ChangedColumns } from './sources/changed-columns.ts';
export { type ReadSource, readSource } from './sources/read-source.ts';
export type { SlotAtServer } from '../data/index.ts';
export { dropSlotOfDataset } from './sources/drop-slot-of-dataset.ts';
export { glanceAtSource, isPinned } from './sources/glance-at-source.ts';
export { type CheckedSource, checkSources } from './sources/check-sources.ts';
export { checkStore, type StoreCheck, type StoreProblem } from './store/check-store.ts';
export { collectGarbage, type GarbageReport, type GarbageRequest, type JudgedObject } from './store/collect/collect-garbage.ts';
export { type PackedCold, packCold, type PackOptions } from './store/pack-cold.ts';
export { type Scrub, scrub, type ScrubOptions } from './store/scrub.ts';
export { listPins, type Pin, pin, unpin } from './store/pins.ts';
export { type StoreInBrief, storeInBrief } from './store/store-in-brief.ts';
export { type FollowedDataset, followLock } from './hooks/follow-lock.ts';
export { isCommitByGit } from './hooks/commit-by-git.ts';
export { type HookName, isHookName } from './hooks/hook-script.ts';
export { lastPlaced, noteInStep } from './hooks/in-step.ts';
export { type HooksStatus, hooksStatus, installHooks, projectsOf, uninstallHooks } from './hooks/install-hooks.ts';
export { type LockMerge, mergeLockFiles, type ToldConflict } from './hooks/merge-lock-files.ts';
export { type MergedDataset, mergeDataset, type VersionsToMerge } from './data/merge-dataset.ts';
export { type PinToMerge, pinsToMerge, settlePin, versionToMerge } from './data/merge-lock.ts';
export type { MergeConflict, Side, SideChange } from '../data/index.ts';
export { type UnsharedPin, unsharedPins } from './hooks/pushed-pins.ts';
export { addOnto } from './data/onto/add-onto.ts';
export type { AddedFilesOnto, AddedRowsOnto } from './data/onto/onto-edits.ts';
export { type AddedDataset, addDataset, type AddProgress } from './data/add-dataset.ts';
export { type CommittedDataset, commitDataset } from './data/commit-dataset.ts';
export { compareDataset, type DatasetDifference } from './data/compare-dataset.ts';
export { driftOfDataset } from './data/drift/drift-of-dataset.ts';
export { importDvc } from './data/import-dvc.ts';
export { importFiles } from './data/import-files.ts';
export type { ImportedFiles } from './data/import-places.ts';
export { datasetLog, type LoggedVersion } from './data/dataset-log.ts';
export { type VerifiedVersion, verifyDataset } from './data/verify-dataset.ts';
export { type ExportedVersion, exportRows, exportVersion } from './data/export-version.ts';
export { type RowFormat, rowFormats } from '../data/index.ts';
export { type FileOfVersion, listVersion, openFileOfVersion, type PathInVersion } from './data/look-into.ts';
export { currentVersion } from './data/version-or-pinned.ts';
export { durationText } from '../data/index.ts';
export { type DatasetChange, datasetStatus, type DatasetStatus } from './data/dataset-status.ts';
