import { basename } from 'node:path';
import { type Json, stepName } from '@tidegate/formats';
import { seededStep } from '../commands/index.ts';
import { type ModelConfig, type ProjectConfig, referenceOf } from '../config/index.ts';
import type { StepInput, StepNode } from '../pipeline/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { flavorOf } from './flavor.ts';
import { isServingCost } from './overrides.ts';

/** Datasets by model. */
export type DatasetsOfModels = { readonly [model: string]: readonly string[] };

/**
 * One node of kind `evaluate` for each model of the project. `championReads`: what its champion reads and the candidate does not; it is
 * an input, for the champion's features are computed anew from it.
 *
 * @throws TG-MODELS-FLAVOR
 */
export function evaluateNodes(config: ProjectConfig, championReads: DatasetsOfModels = {}): readonly StepNode[] {
  return Object.entries(config.models).map(([name, model]) => {
    const settings = settingsFor(config, name, model);
    return {
      name: stepName(`models.${name}`),
      kind: 'evaluate',
      inputs: [
        ...inputsFor(config, model, settings),
        ...(championReads[name] ?? []).map((dataset) => outputOf(`data.${dataset}`, 'version')),
      ],
      outputs: ['version', 'evaluation', 'predictions'].map((output) => ({ name: output, path: null, publish: false })),
      settings: { ...settings } as unknown as { readonly [name: string]: Json },
      variables: {},
      cpus: 1,
    };
  });
}

function settingsFor(config: ProjectConfig, name: string, model: ModelConfig): EvaluateSettings {
  const { step, output } = model.artifact;
  const file = basename(config.steps[step]?.out[output] ?? '');
  const { serving: _, overrides, ...gate } = model.gate;
  const own = overrides?.filter(({ check }) => !isServingCost(check)) ?? [];
  return {
    project: config.project,
    model: name,
    artifact: { step, output, file },
    evaluate: model.evaluate,
    gate: { ...gate, ...(own.length > 0 && { overrides: own }) },
    trust: model.trust,
    personal: [
      ...new Set(Object.values(config.services).flatMap((service) => (service.model === name ? service.log.personal : []))),
    ].sort(),
    python: flavorOf(file) === 'onnx' && model.evaluate.custom === undefined ? null : config.python,
  };
}

function inputsFor(config: ProjectConfig, { artifact, evaluate, gate }: ModelConfig, { python }: EvaluateSettings): readonly StepInput[] {
  const requirements = python?.requirements ?? null;
  return [
    outputOf(`steps.${artifact.step}`, artifact.output),
    ...(evaluate.seeds?.values ?? []).slice(1).map((seed) => outputOf(seededStep(artifact.step, seed), artifact.output)),
    ...testSetInputs(config, evaluate.on),
    ...trainingSetInputs(config, { step: artifact.step, on: evaluate.on }),
    ...Object.keys(config.tests).map((test) => outputOf(`tests.${test}`, 'report')),
    ...(requirements === null ? [] : [projectFile(requirements)]),
    ...(gate.behaviour?.suites ?? []).map(projectFile),
    ...[...new Set(Object.values(evaluate.custom ?? {}).map(({ file }) => file))].map(projectFile),
  ];
}

function projectFile(pattern: string): StepInput {
  return { from: 'project', pattern, required: true };
}

/** Read from the store only: nothing is placed. */
function outputOf(step: string, output: string): StepInput {
  return { from: 'step', step: stepName(step), output, place: null };
}

function testSetInputs(config: ProjectConfig, on: ModelConfig['evaluate']['on']): readonly StepInput[] {
  if (on.kind === 'features') return [outputOf(`features.${on.service}`, 'test'), outputOf(`features.${on.service}`, 'record')];
  const held = config.data[on.dataset]?.holdout ?? null;
  return [outputOf(`data.${on.dataset}`, held === null ? 'files' : 'test'), outputOf(`data.${on.dataset}`, 'version')];
}

/** The other half of the test set, when the model was trained on it: its rows must not be judged by. */
function trainingSetInputs(
  config: ProjectConfig,
  { step, on }: { readonly step: string; readonly on: ModelConfig['evaluate']['on'] },
): readonly StepInput[] {
  const read = readBy(config, step, new Set());
  if (on.kind === 'features') return read.has(`features.${on.service}`) ? [outputOf(`features.${on.service}`, 'train')] : [];
  const isHeld = (config.data[on.dataset]?.holdout ?? null) !== null;
  return isHeld && read.has(`data.${on.dataset}`) ? [outputOf(`data.${on.dataset}`, 'train')] : [];
}

/** Datasets and feature services that a step reads, itself or through the steps before it. */
function readBy(config: ProjectConfig, step: string, seen: Set<string>): ReadonlySet<string> {
  if (seen.has(step)) return new Set();
  seen.add(step);
  const entries = config.steps[step]?.in ?? Object.keys(config.data).map((dataset) => `data.${dataset}`);
  return new Set(
    entries.flatMap((entry) => {
      const reference = referenceOf(entry);
      if (reference.kind === 'dataset') return [`data.${reference.dataset}`];
      if (reference.kind === 'feature-set') return [`features.${reference.service}`];
      return reference.kind === 'output' ? [...readBy(config, reference.step, seen)] : [];
    }),
  );
}
