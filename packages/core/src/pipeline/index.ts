export { createEngine, type PipelineEngine } from './engine.ts';
export type { EngineParts } from './engine-parts.ts';
export { executeRun, type RunOptions } from './execute.ts';
export { recoverDeadRuns } from './recover.ts';
export { explainStep, type Explanation } from './explain.ts';
export { isGlob } from './glob.ts';
export { buildGraph, type Graph } from './graph.ts';
export { harmless, stepLog } from './log.ts';
export { digestAt, type PlacedFile, placeFile, type PlaceParts } from './place-file.ts';
export { type PlannedStep, type PlanOptions, planRun } from './plan.ts';
export { type FoundFile, type ProjectFiles, projectFiles } from './project-files.ts';
export { type StoredResult } from './results.ts';
export { importResults, pushArtifacts, type Pushed, pushResults } from './shared-results.ts';
export { endOtherwise, type RunFilter, type Runs, runsOf } from './runs.ts';
export { type SelectedSteps, type StepSelection } from './select-steps.ts';
export {
  inputOf,
  type ResolvedInput,
  type StepContext,
  type StepInput,
  type StepKind,
  type StepNode,
  type StepOutput,
  type StepResult,
  textOfInput,
} from './step-kind.ts';
