export type {
  DatasetConfig,
  EnvironmentConfig,
  EvaluateConfig,
  GateConfig,
  ModelConfig,
  Named,
  ProjectConfig,
  PythonConfig,
  ServiceConfig,
  StepConfig,
  TestConfig,
} from './project-config.ts';
