export {
  type ColumnDifference,
  compareDataset,
  type ComparedFile,
  type ComparedFiles,
  type DatasetDifference,
  driftOfDataset,
  type Correlations,
  type DatasetEntry,
  type DatasetProfile,
  datasetProfile,
  datasetHistory,
  type DatasetHistoryEntry,
  inferDataContract,
  listDatasets,
  datasetToShow,
  newestDataset,
} from './project/index.ts';
export { type ContractUpdate, proposeContractUpdate, writeContractUpdate } from './project/index.ts';
export {
  type ChangedDataset,
  type ChangedFile,
  type ChangedService,
  type ChangedView,
  type ChangeRequest,
  judgeChange,
  type ChangedContract,
  type JudgedChange,
  type JudgedModel,
  placeInRepository,
  type RepositoryPlace,
} from './project/index.ts';
export {
  type ContractDiff,
  type ContractDiffRequest,
  diffContractFiles,
  diffProjectContracts,
  type HitByChange,
  type HitByColumn,
  type LiveService,
  type Readers,
  type ProjectContractDiff,
  type ProjectDiffRequest,
  type WeighedChange,
  type ContractSummary,
  type ContractTestRequest,
  type DatasetContractTest,
  type LiveServiceTest,
  type JudgedCheck,
  type JudgedContract,
  type LintedContract,
  lintContractFile,
  testContractFile,
  testDatasetContract,
  testLiveService,
} from './project/index.ts';
export {
  type ContractImport,
  type Exported,
  exportContractFile,
  exportKinds,
  foreignKinds,
  importContractFile,
  importPanderaSchema,
} from './project/index.ts';
export { buildReleaseImage, type ImageFormat, pinBase, pushReleaseImage, type ReleaseImage, writeImage } from './project/index.ts';
export { type DatasetAnomalies, datasetAnomalies, type SayFine, sayFine } from './project/index.ts';
export { type Choices, type Detected, detectProject, projectFile } from './project/index.ts';
export { deploymentsOf, deployTo, type EnvironmentStatus, type Live, rollBack, stopEnvironment } from './project/index.ts';
export {
  type AddedThatGoes,
  checkKeysToForget,
  type ForgetOptions,
  forgetRows,
  type ForgottenRowsReport,
  type ListedTombstone,
  listTombstones,
} from './project/index.ts';
export { heedTombstones, type TakenOver } from './project/index.ts';
export { endDeadRuns } from './project/index.ts';
export { examine, type ExamineOptions, type Finding } from './project/index.ts';
export { type ExecOptions, runInVirtualEnvironment } from './project/index.ts';
export { type ExplainedPrediction, explainPrediction, isPredictionId } from './project/index.ts';
export { type Explained, type ExplainedArtifact, type ExplainedRun, type ExplainedStep, explainName } from './project/index.ts';
export { type FeatureServiceEntry, listFeatures, type Materialised, materialiseFeatures, placeFeatureSets } from './project/index.ts';
export { exportMonitoring } from './project/index.ts';
export {
  type FeatureRefresh,
  openFeatureRefresh,
  type RefreshedDataset,
  type RefreshedFeatures,
  type RefreshedFeatureView,
  refreshFeatures,
  type RefreshRequest,
  type SkippedFile,
} from './project/index.ts';
export { findProjectRoot } from './project/index.ts';
export { ignoreBuild } from './project/index.ts';
export {
  type ComparedModels,
  compareModels,
  type ExportedModel,
  exportModel,
  signingKey,
  type SigningKey,
  type Experiment,
  type ExperimentMetric,
  experimentsOf,
  importModel,
  type ImportModelRequest,
  listModels,
  type LiveModel,
  type ModelImport,
  stepFor,
  type ModelDifference,
  type ModelEntry,
  type ModelExport,
  type ModelFacts,
  type TriedService,
  modelFacts,
  type ModelFormat,
  modelLineage,
  modelsLiveAt,
  type VerifiedFolder,
  type VerifiedModelVersion,
  verifyModelFolder,
  verifyModelVersion,
  type VerifyRequest,
} from './project/index.ts';
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
} from './project/index.ts';
export { findByName, type Found } from './project/index.ts';
export {
  acceptGolden,
  type AcceptedRows,
  type Annotation,
  annotationsOf,
  type FlakyTest,
  flakyTests,
  type TestedSuite,
  testedPlaces,
  testedSuites,
  testSteps,
} from './project/index.ts';
export { openProject, type OpenOptions } from './project/index.ts';
export { placeDataset, type PlacedDataset, type PlaceRequest } from './project/index.ts';
export { type PlacedRelease, placeRelease, type PlaceReleaseRequest } from './project/index.ts';
export { type DescribedFile, describeFile } from './project/index.ts';
export { briefOfRemote, checkRemote, repairIndexOfRemote, collectRemoteGarbage } from './project/index.ts';
export type { RemoteGarbageReport } from './store/index.ts';
export { pullData, type PulledDataset, pushData, type PushedDataset } from './project/index.ts';
export { type PinnedDataset, placePinned, pushProject, type Shared, shareAfter } from './project/index.ts';
export { type InputChange, type LeftOut, type LeftOutRows, type PlanEntry, planProject, type ProjectPlan } from './project/index.ts';
export type { Project, ServingProgram } from './project/index.ts';
export { type PushRequest, type PushResult, pushRows } from './project/index.ts';
export type { Revision } from './project/index.ts';
export { type PartOfRun, type ProjectPlanOptions, type ProjectRun, type ProjectRunOptions, runProject } from './project/index.ts';
export { type ComparedMetric, type ComparedRuns, compareRuns, listRunsInBrief, requireRun } from './project/index.ts';
export type { BothSides, ComparedEvidence, ComparedStep, ContentChange, ExpectedTime, RunInBrief } from './pipeline/index.ts';
export { runReport, type RunReportData } from './project/index.ts';
export { lastRun, listRuns, stepLog } from './project/index.ts';
export { type GraphNode, graphProject, type ProjectGraph } from './project/index.ts';
export { type LogLine, searchLogs } from './project/index.ts';
export { replayRun, replayVerdicts } from './project/index.ts';
export { replayPredictions, type ReplayRequest } from './project/index.ts';
export { listScores, scoreRows, type ScoreRequest } from './project/index.ts';
export type { ScoredJob } from './scoring/index.ts';
export { type FolderToServe, type ReleaseToServe, serveFolder, serveRelease, type ServerOptions } from './project/index.ts';
export { projectStatus, type ProjectStatus } from './project/index.ts';
export { type Explanation, type PlannedStep } from './pipeline/index.ts';
export { endCommands, removeLeftovers, systemPlatform, writeFileAtomically } from './platform/index.ts';
export {
  askUp,
  type Change,
  type InstalledUnit,
  installUnit,
  keepUp,
  newestNotes,
  type StepProgress,
  upFolder,
  type UpOptions,
  type UpOwner,
  upOwner,
  type UpStatus,
  type WatchedMonitor,
  type UpWords,
} from './loop/index.ts';
export { type CiContext, type Forge, openForge, readCiContext, type StatusState } from './forge/index.ts';
export { openHttpClient } from './platform/index.ts';
export { measureFigure } from './data/index.ts';
export { durationOf, sizeOf } from './config/index.ts';
export { type PackedCold, packCold, type PackOptions } from './project/index.ts';
export { type ReadSource, readSource, type SchemaChange } from './project/index.ts';
export { type CheckedSource, checkSources, dropSlotOfDataset } from './project/index.ts';
export { checkStore, type Scrub, scrub, type ScrubOptions, type StoreCheck, type StoreProblem } from './project/index.ts';
export { exportNamed, type ImportedBundle, importInto } from './project/index.ts';
export { collectGarbage, type GarbageReport, type GarbageRequest, type JudgedObject } from './project/index.ts';
export { listPins, type Pin, pin, type StoreInBrief, storeInBrief, unpin } from './project/index.ts';
export {
  type FollowedDataset,
  followLock,
  type HookName,
  hooksStatus,
  type HooksStatus,
  installHooks,
  isCommitByGit,
  isHookName,
  lastPlaced,
  type LockMerge,
  mergeLockFiles,
  noteInStep,
  projectsOf,
  type ToldConflict,
  uninstallHooks,
  type UnsharedPin,
  unsharedPins,
} from './project/index.ts';
export { addToken, hasTokens, type RemoteServing, serveRemote } from './store/index.ts';
export { type AddedFilesOnto, type AddedRowsOnto, addOnto } from './project/index.ts';
export { type AddedDataset, addDataset, type AddProgress, type CommittedDataset, commitDataset } from './project/index.ts';
export { importDvc, importFiles, type ImportedFiles, isDvcFile, type VerifiedVersion, verifyDataset } from './project/index.ts';
export { datasetLog, type LoggedVersion } from './project/index.ts';
export { type ExportedVersion, exportRows, exportVersion, type RowFormat, rowFormats } from './project/index.ts';
export { currentVersion, type FileOfVersion, listVersion, openFileOfVersion, type PathInVersion } from './project/index.ts';
export { mergeDataset, type MergedDataset, type MergeConflict, type PinToMerge, pinsToMerge } from './project/index.ts';
export { settlePin, type Side, versionToMerge, type VersionsToMerge } from './project/index.ts';
export { type DatasetChange, datasetStatus, type DatasetStatus, durationText } from './project/index.ts';
export type { ChangedColumns, ColumnReader } from './project/index.ts';
