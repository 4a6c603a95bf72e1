import { extname } from 'node:path';
import { stepName } from '@tidegate/formats';
import type { ModelConfig, ProjectConfig, PythonConfig, ServiceConfig } from '../config/index.ts';
import type { StepInput, StepNode } from '../pipeline/index.ts';

/** The settings of a node of kind `release`. */
export interface ReleaseSettings {
  readonly project: string;
  readonly service: string;
  readonly model: string;
  /** The output of a step that is the model, as an input's name: `steps.train/model`. */
  readonly artifact: string;
  /** Feature service; null when callers send every input. */
  readonly features: string | null;
  /** What runs a model that is not ONNX; null for one that is. */
  readonly python: PythonConfig | null;
}

/**
 * One node of kind `release` for each service. It takes the evaluation of its model as an input, so that a gate that does not
 * pass blocks it.
 */
export function releaseNodes(config: ProjectConfig): readonly StepNode[] {
  return Object.entries(config.services).flatMap(([name, service]) => {
    const model = config.models[service.model];
    if (model === undefined) return []; // a mistake that reading the file has reported
    const settings = settingsFor(config, { name, service, model });
    return [
      {
        name: stepName(`services.${name}`),
        kind: 'release',
        inputs: [...inputsFor(model, settings), outputOf(`references.${name}`, 'profile')],
        outputs: ['manifest', 'folder'].map((output) => ({ name: output, path: null, publish: false })),
        settings: { ...settings, python: settings.python === null ? null : { ...settings.python } },
        variables: {},
        cpus: 1,
      },
    ];
  });
}

interface NamedService {
  readonly name: string;
  readonly service: ServiceConfig;
  readonly model: ModelConfig;
}

function settingsFor(config: ProjectConfig, { name, service, model }: NamedService): ReleaseSettings {
  const { step, output } = model.artifact;
  const isOnnx = extname(config.steps[step]?.out[output] ?? '').toLowerCase() === '.onnx';
  return {
    project: config.project,
    service: name,
    model: service.model,
    artifact: `steps.${step}/${output}`,
    features: service.features,
    python: isOnnx ? null : config.python,
  };
}

function inputsFor({ artifact }: ModelConfig, { model, features, python }: ReleaseSettings): readonly StepInput[] {
  const requirements = python?.requirements ?? null;
  return [
    outputOf(`models.${model}`, 'version'),
    outputOf(`models.${model}`, 'evaluation'),
    outputOf(`steps.${artifact.step}`, artifact.output),
    ...(features === null ? [] : ['record', 'definitions'].map((output) => outputOf(`features.${features}`, output))),
    ...(requirements === null ? [] : [{ from: 'project', pattern: requirements, required: true } as const]),
  ];
}

/** Read from the store only: nothing is placed. */
function outputOf(step: string, output: string): StepInput {
  return { from: 'step', step: stepName(step), output, place: null };
}
