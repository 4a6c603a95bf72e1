import { stepName } from '@tidegate/formats';
import type { EnvironmentConfig, ProjectConfig } from '../../config/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';

/** The settings of a node of kind `trial`. */
export interface TrialSettings {
  readonly service: string;
  /** Feature service whose features the release looks up; null when it looks up none. */
  readonly features: string | null;
  /** Limit of the gate for the 99th percentile; null = none. */
  readonly latencyP99Ms: number | null;
  /** One-sided confidence of the bounds on it. */
  readonly confidence: number;
}

/**
 * One node of kind `trial` for each service. It has the API tests and the variables of the first environment: what that one tests
 * can be found out before anything is deployed; what later ones test may need what only they have.
 */
export function trialNodes(config: ProjectConfig): readonly StepNode[] {
  const first = Object.values(config.environments).find(({ after }) => after === null) ?? null;
  return Object.entries(config.services).map(([service, { model, features }]) => {
    const gate = config.models[model]?.gate;
    const latencyP99Ms = gate?.latencyP99Ms ?? null;
    return {
      name: stepName(`trials.${service}`),
      kind: 'trial',
      inputs: inputsFor({ service, features, first }),
      outputs: [{ name: 'report', path: null, publish: false }],
      settings: { service, features, latencyP99Ms, confidence: gate?.confidence ?? 0.95 },
      variables: first?.variables ?? {},
      cpus: latencyP99Ms === null ? 1 : 2, // nothing beside it while its latency is judged
    };
  });
}

interface Trial {
  readonly service: string;
  readonly features: string | null;
  readonly first: EnvironmentConfig | null;
}

function inputsFor({ service, features, first }: Trial): readonly StepInput[] {
  const outputOf = (step: string, output: string): StepInput => ({ from: 'step', step: stepName(step), output, place: null });
  return [
    outputOf(`services.${service}`, 'manifest'),
    outputOf(`services.${service}`, 'folder'),
    ...(features === null ? [] : [outputOf(`features.${features}`, 'record'), outputOf(`features.${features}`, 'definitions')]),
    ...(first?.tests ?? []).map((pattern): StepInput => ({ from: 'project', pattern, required: true })),
  ];
}
