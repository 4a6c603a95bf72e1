export { defaultLog, defaultPython, defaultStep } from './fill-defaults.ts';
export type {
  AnomaliesConfig,
  BaselinePolicies,
  BaselinePolicy,
  DatasetConfig,
  DatasetDriftConfig,
  DriftConfig,
  EnvironmentConfig,
  FanOutConfig,
  LogConfig,
  CustomMetricConfig,
  EvaluateConfig,
  ExplainConfig,
  FairnessConfig,
  GateConfig,
  IsolationConfig,
  Margin,
  ModelConfig,
  MonitorConfig,
  Named,
  OverrideConfig,
  PartitionsConfig,
  ProjectConfig,
  PythonConfig,
  QualityConfig,
  QuarantineConfig,
  QuarantinedTest,
  RemoteConfig,
  RetriesConfig,
  SeedsConfig,
  ServiceConfig,
  SloConfig,
  SplitConfig,
  StableConfig,
  StalenessConfig,
  StepConfig,
  TableConfig,
  TablePropertiesConfig,
  TestConfig,
} from './project-config.ts';
export type { CostLimit, ServingLimits } from './cost-limits.ts';
export { branchMember } from './branch-member.ts';
export { checkFeatureServices } from './check/check-feature-services.ts';
export { type Condition, type Expression, knownIn, type Operand, type Sign } from './condition/condition.ts';
export { parseCondition } from './condition/parse-condition.ts';
export { commandPaths } from './command-paths.ts';
export type { RetrainReason } from './file/monitors.ts';
export { duration, durationOf, sizeOf } from './file/quantity.ts';
export { substitute, type Substitutes } from './fan-out/placeholders.ts';
export { itemValue, type ItemValue, ownOutputs } from './file/fan-out.ts';
export { pythonCommand } from './python-command.ts';
export { lastEnvironment } from './last-environment.ts';
export { emptyLock, type Lock, lockFileName, lockText, parseLock, readLock, writeLock } from './lock.ts';
export { type LocksToMerge, mergeLocks, type PinConflict, settleConflict } from './merge-locks.ts';
export { canOverlap } from './overlap.ts';
export { type FolderName, folderNames } from './partitions/folder-names.ts';
export { keptFiles, type LeftOut } from './partitions/kept-files.ts';
export { type PartitionRule, parsePartition, type Span } from './partitions/partition-rule.ts';
export { pushedFile } from './pushed-file.ts';
export { outputsAt } from './outputs-at.ts';
export { type LoadedProject, loadProject, parseProject } from './load-project.ts';
export { type Reference, referenceOf } from './reference.ts';
export { firstMistakes } from './yaml/mistake.ts';
export {
  diagnosticAt,
  diagnosticOfProblem,
  errorOf,
  loadYamlFile,
  type ParsedYaml,
  parseYaml,
  parseYamlDocument,
  readYamlText,
} from './yaml/parse-yaml.ts';
export type { BucketConfig, RemotePlace } from './remote-place.ts';
export type {
  AddressConfig,
  CursorConfig,
  HttpSourceConfig,
  MysqlConfig,
  PostgresConfig,
  QueryConfig,
  S3SourceConfig,
  SourceConfig,
  SqliteConfig,
} from './source-config.ts';
export { splitCommand } from './file/split-command.ts';
export { withheld } from './file/withheld.ts';
export { editYaml, type YamlEdit } from './yaml/edit-yaml.ts';
export { writeYaml } from './yaml/write-yaml.ts';
export type { YamlDocument } from './yaml/yaml-document.ts';
