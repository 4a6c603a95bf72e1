import type { EvaluateConfig, GateConfig, ProjectConfig } from '../config/index.ts';
import type { StepNode } from '../pipeline/index.ts';

/** What decides an evaluation besides its inputs: the settings of a node of kind `evaluate`. */
export interface EvaluateSettings {
  readonly project: string;
  readonly model: string;
  /** Where the model comes from; `file` is the last part of the output's path. */
  readonly artifact: { readonly step: string; readonly output: string; readonly file: string };
  readonly evaluate: EvaluateConfig;
  /** Without what is measured on the started release. */
  readonly gate: Omit<GateConfig, 'serving'>;
  /** Names that the model's pickle may use besides those of known libraries. */
  readonly trust: readonly string[];
  /** Inputs that a log of its services hides: values of them are shown to nobody. */
  readonly personal: readonly string[];
  /** For models and metrics that run in the user's own environment; null for ONNX without such metrics. */
  readonly python: ProjectConfig['python'] | null;
}

/** The settings of a node that `evaluateNodes` made: they come back as they were written, so their form is trusted. */
export function settingsOf(node: Pick<StepNode, 'settings'>): EvaluateSettings {
  return node.settings as unknown as EvaluateSettings;
}
