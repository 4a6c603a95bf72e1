export {
  inputOf,
  type ResolvedInput,
  type StepContext,
  type StepInput,
  type StepKind,
  type StepNode,
  type StepOutput,
  type StepResult,
} from './step-kind.ts';
