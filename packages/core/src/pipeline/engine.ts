import type { RunId, RunRecord, StepName } from '@tidegate/formats';
import type { EngineParts } from './engine-parts.ts';
import { executeRun, type RunOptions } from './run/execute.ts';
import { explainStep, type Explanation, type ExplainOptions } from './tell/explain.ts';
import { stepLog } from './logs/log.ts';
import { type PlannedStep, type PlanOptions, planRun } from './tell/plan.ts';
import { type Runs, runsOf } from './runs.ts';
import type { StepNode } from './step-kind.ts';

/** The pipeline of one project, its parts bound. */
export interface PipelineEngine {
  /** {@link planRun} */
  readonly plan: (steps: readonly StepNode[], options: PlanOptions) => Promise<readonly PlannedStep[]>;
  /** {@link executeRun} */
  readonly run: (steps: readonly StepNode[], options: RunOptions) => Promise<RunRecord>;
  /** {@link explainStep} */
  readonly explain: (step: StepName, options?: ExplainOptions) => Promise<Explanation | null>;
  readonly runs: Runs;
  /** Path of what a step printed in a run; not there when it printed nothing. */
  readonly stepLog: (run: RunId, step: StepName) => string;
}

export function createEngine(parts: EngineParts): PipelineEngine {
  return {
    plan: (steps, options) => planRun(parts, steps, options),
    run: (steps, options) => executeRun(parts, steps, options),
    explain: (step, options) => explainStep(parts, step, options),
    runs: runsOf(parts.state),
    stepLog: (run, step) => stepLog(parts.home, run, step),
  };
}
