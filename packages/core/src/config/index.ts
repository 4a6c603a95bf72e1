export { defaultLog, defaultStep } from './fill-defaults.ts';
export type {
  DatasetConfig,
  DriftConfig,
  EnvironmentConfig,
  FanOutConfig,
  LogConfig,
  EvaluateConfig,
  GateConfig,
  IsolationConfig,
  Margin,
  ModelConfig,
  MonitorConfig,
  Named,
  ProjectConfig,
  PythonConfig,
  QualityConfig,
  RemoteConfig,
  RetriesConfig,
  ServiceConfig,
  SloConfig,
  StableConfig,
  StalenessConfig,
  StepConfig,
  TestConfig,
} from './project-config.ts';
export { branchMember } from './branch-member.ts';
export { checkFeatureServices } from './check/check-feature-services.ts';
export { type Condition, type Expression, knownIn, type Operand, type Sign } from './condition/condition.ts';
export { parseCondition } from './condition/parse-condition.ts';
export { commandPaths } from './command-paths.ts';
export type { RetrainReason } from './file/monitors.ts';
export { duration, durationOf, sizeOf } from './file/quantity.ts';
export { substitute, type Substitutes } from './fan-out/placeholders.ts';
export { type ItemValue, ownOutputs } from './file/fan-out.ts';
export { lastEnvironment } from './last-environment.ts';
export { type Lock, lockFileName, parseLock, readLock, writeLock } from './lock.ts';
export { canOverlap } from './overlap.ts';
export { pushedFile } from './pushed-file.ts';
export { outputsAt } from './outputs-at.ts';
export { type LoadedProject, loadProject, parseProject } from './load-project.ts';
export { type Reference, referenceOf } from './reference.ts';
export { diagnosticAt, errorOf, loadYamlFile, type ParsedYaml, parseYaml, parseYamlDocument } from './yaml/parse-yaml.ts';
export { splitCommand } from './file/split-command.ts';
export { writeYaml } from './yaml/write-yaml.ts';
export type { YamlDocument } from './yaml/yaml-document.ts';
