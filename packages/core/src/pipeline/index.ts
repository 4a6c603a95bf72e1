export { createEngine, type PipelineEngine } from './engine.ts';
export type { EngineParts } from './engine-parts.ts';
export { executeRun, type RunOptions } from './run/execute.ts';
export { recoverDeadRuns } from './run/recover.ts';
export { explainStep, type Explanation } from './tell/explain.ts';
export { type BothSides, type ComparedEvidence, type ComparedStep, type ComparedSteps, compareSteps } from './tell/compare-runs.ts';
export { commitOfRun, inBrief, type RunInBrief, runsInBrief, type RunsWanted } from './history/run-in-brief.ts';
export { type ExpectedRun, expectedRun } from './tell/expected-run.ts';
export { type ExpectedTime, expectedTime } from './tell/expected-time.ts';
export { makingsOf, runsWith } from './history/artifact-history.ts';
export { stepsThatRan } from './history/step-runs.ts';
export { isGlob } from './inputs/glob.ts';
export { type ProjectFile, takeSnapshot } from './inputs/snapshot.ts';
export { resolveInputs } from './inputs/resolve-inputs.ts';
export { buildGraph, type Graph } from './graph/graph.ts';
export { outputPaths } from './graph/output-paths.ts';
export { lineMatcher } from './logs/line-matcher.ts';
export { harmless, stepLog } from './logs/log.ts';
export { digestAt, openPlacement, type PlacedFile, type PlaceParts, prepareFolder } from './tree/place-file.ts';
export { type PlannedStep, type PlanOptions, planRun } from './tell/plan.ts';
export { type FoundFile, type ProjectFiles, projectFiles } from './inputs/project-files.ts';
export { repetitionsOf } from './cache/repetitions.ts';
export { missingObjects } from './cache/missing-objects.ts';
export { newestResults, originOf, type StoredResult } from './cache/results.ts';
export { differences } from './cache/differences.ts';
export { findKeyRecord } from './cache/decide.ts';
export { parametersIn } from './changes/parameters-in.ts';
export { type ContentChange, contentChange, largestCompared } from './changes/content-change.ts';
export type { ColumnChanged, TableChanged } from './changes/table-change.ts';
export { type BundleContent, exportBundle, type Exported } from './bundle/export-bundle.ts';
export { importBundle, type Imported } from './bundle/import-bundle.ts';
export { contentOf, type ObjectToSend } from './cache/objects-of.ts';
export { sharedPlaces } from './cache/shared-name.ts';
export { pushArtifacts, type Pushed, pushResults } from './cache/push-results.ts';
export { importResults } from './cache/shared-results.ts';
export { endOtherwise, newestRuns, type RunFilter, type Runs, runsOf, stepsSoFar } from './runs.ts';
export type { Masking } from './secrets/masking.ts';
export type { Secrets } from './secrets/secrets.ts';
export { type SelectedSteps, type StepSelection } from './graph/select-steps.ts';
export { StepEnded } from './step-ended.ts';
export {
  type EarlierResult,
  inputOf,
  type Isolation,
  type ResolvedInput,
  type StepContext,
  type StepInput,
  type StepKind,
  type StepNode,
  type StepOutput,
  type StepResult,
  textOfInput,
} from './step-kind.ts';
