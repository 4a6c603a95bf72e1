import { type Json, shape, stepName } from '@tidegate/formats';
import type { ProjectConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';

/** The settings of a node of kind `reference`. */
export interface ReferenceSettings {
  readonly model: string;
  /** Inputs that are logged as hashes, and so compared with nothing: nothing is kept of them. */
  readonly personal: readonly string[];
  /** Inputs that data contracts call personal: no value of theirs is in the profile that leaves with a release. */
  readonly withheld: readonly string[];
}

const settingsShape: shape.Shape<ReferenceSettings> = shape.object({
  model: shape.required(shape.text()),
  personal: shape.required(shape.list(shape.text())),
  withheld: shape.required(shape.list(shape.text())),
});

/** Reads what `referenceNodes` wrote. @throws Error (a bug) when it did not */
export function referenceSettings(settings: Json): ReferenceSettings {
  const parsed = shape.parse(settingsShape, settings);
  if (parsed.ok) return parsed.value;
  throw new Error(`Cannot read the settings of a reference: ${parsed.failure[0]?.message ?? 'they are nothing'}; please report this`);
}

/**
 * One node of kind `reference` for each service: what the model's inputs and predictions look like before it goes live.
 *
 * @param withheld by service, inputs that data contracts call personal. Default: none
 */
export function referenceNodes(
  { services, models }: Pick<ProjectConfig, 'services' | 'models'>,
  withheld: { readonly [service: string]: readonly string[] } = {},
): readonly StepNode[] {
  return Object.entries(services).flatMap(([service, { model, log }]) => {
    if (models[model] === undefined) return []; // a mistake that reading the file has reported
    return [
      {
        name: stepName(`references.${service}`),
        kind: 'reference',
        inputs: ['version', 'evaluation'].map((output): StepInput => ({
          from: 'step',
          step: stepName(`models.${model}`),
          output,
          place: null,
        })),
        outputs: ['reference', 'profile', 'sample'].map((name) => ({ name, path: null, publish: false })),
        settings: {
          model,
          personal: log.personal,
          withheld: withheld[service] ?? [],
        },
        variables: {},
        cpus: 1,
      },
    ];
  });
}
