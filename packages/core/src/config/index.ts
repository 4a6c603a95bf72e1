export { defaultLog } from './fill-defaults.ts';
export type {
  DatasetConfig,
  EnvironmentConfig,
  LogConfig,
  EvaluateConfig,
  GateConfig,
  Margin,
  ModelConfig,
  Named,
  ProjectConfig,
  PythonConfig,
  ServiceConfig,
  SloConfig,
  StepConfig,
  TestConfig,
} from './project-config.ts';
export { checkFeatureServices } from './check/check-feature-services.ts';
export { commandPaths } from './command-paths.ts';
export { duration } from './file/quantity.ts';
export { type Lock, lockFileName, parseLock, readLock, writeLock } from './lock.ts';
export { canOverlap } from './overlap.ts';
export { outputsAt } from './outputs-at.ts';
export { type LoadedProject, loadProject, parseProject } from './load-project.ts';
export { type Reference, referenceOf } from './reference.ts';
export { diagnosticAt, errorOf, loadYamlFile, type ParsedYaml, parseYaml, parseYamlDocument } from './yaml/parse-yaml.ts';
export { writeYaml } from './yaml/write-yaml.ts';
export type { YamlDocument } from './yaml/yaml-document.ts';
