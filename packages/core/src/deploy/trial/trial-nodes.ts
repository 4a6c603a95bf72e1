import { canonicalJson, hexOf, type StepName, stepName } from '@tidegate/formats';
import type { EnvironmentConfig, OverrideConfig, ProjectConfig, ServingLimits } from '../../config/index.ts';
import { isServingCost } from '../../models/index.ts';
import type { StepInput, StepNode } from '../../pipeline/index.ts';
import { digestOfBytes } from '../../platform/index.ts';

/** The settings of a node of kind `trial`. */
export interface TrialSettings {
  readonly service: string;
  /** Every service of the project: API tests that name none are for a single one. */
  readonly services: readonly string[];
  /** The environment whose variables it has; null for the first one, where every release begins. */
  readonly environment: string | null;
  /** Feature service whose features the release looks up; null when it looks up none. */
  readonly features: string | null;
  /** What it may cost; null = no limit. */
  readonly limits: ServingLimits | null;
  /** One-sided confidence of the bounds on that. */
  readonly confidence: number;
  /** Limits on the cost that a person lets through. */
  readonly overrides: readonly OverrideConfig[];
}

/**
 * Nodes of kind `trial`: for each service one with the API tests and the variables of the first environment, and one more for each
 * environment with variables of its own, which may break what works elsewhere.
 */
export function trialNodes(config: ProjectConfig): readonly StepNode[] {
  const services = Object.keys(config.services);
  const places = placesOf(config);
  return services.flatMap((service) => places.map((place) => trialNode(config, { service, services, place })));
}

interface Place {
  /** Null: the first environment. */
  readonly environment: string | null;
  readonly tests: EnvironmentConfig['tests'];
  readonly variables: EnvironmentConfig['variables'];
}

/** The environments to try for, each with other variables than those before it. */
function placesOf({ environments }: ProjectConfig): readonly Place[] {
  const order = Object.entries(environments).toSorted(([, a], [, b]) => Number(a.after !== null) - Number(b.after !== null));
  const all = order.map(([name, { tests, variables }], index) => ({ environment: index === 0 ? null : name, tests, variables }));
  const seen = new Set<string>();
  const places = all.filter(({ variables }) => seen.size < seen.add(canonicalJson(variables)).size);
  return places.length === 0 ? [{ environment: null, tests: [], variables: {} }] : places;
}

interface Trial {
  readonly service: string;
  readonly services: readonly string[];
  readonly place: Place;
}

function trialNode(config: ProjectConfig, trial: Trial): StepNode {
  const { service, services, place } = trial;
  const { model = '', features = null } = config.services[service] ?? {};
  const gate = config.models[model]?.gate;
  const limits = gate?.serving ?? null;
  const overrides = (gate?.overrides ?? []).filter(({ check }) => isServingCost(check));
  const { environment, variables } = place;
  const settings: TrialSettings = { service, services, environment, features, limits, confidence: gate?.confidence ?? 0.95, overrides };
  return {
    name: nameOf(trial),
    kind: 'trial',
    inputs: inputsFor(trial, features),
    outputs: ['report', 'cost'].map((output) => ({ name: output, path: null, publish: false })),
    settings: { ...settings } as unknown as StepNode['settings'],
    variables,
    cpus: limits === null ? 1 : 2, // nothing beside it while its latency is judged
  };
}

/** `trials.prices`, `trials.prices-in-production`; where that is too long or another service's name, digits of its digest end it. */
function nameOf({ service, services, place: { environment } }: Trial): StepName {
  if (environment === null) return stepName(`trials.${service}`);
  const name = `${service}-in-${environment}`;
  const isFree = name.length <= 63 && !services.includes(name);
  return stepName(`trials.${isFree ? name : `${name.slice(0, 54)}-${hexOf(digestOfBytes(name)).slice(0, 8)}`}`);
}

function inputsFor({ service, place }: Trial, features: string | null): readonly StepInput[] {
  const outputOf = (step: string, output: string): StepInput => ({ from: 'step', step: stepName(step), output, place: null });
  return [
    outputOf(`services.${service}`, 'manifest'),
    outputOf(`services.${service}`, 'folder'),
    ...(features === null ? [] : [outputOf(`features.${features}`, 'record'), outputOf(`features.${features}`, 'definitions')]),
    ...place.tests.map((pattern): StepInput => ({ from: 'project', pattern, required: true })),
  ];
}
