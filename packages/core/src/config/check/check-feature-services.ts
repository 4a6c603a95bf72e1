import type { Diagnostic, shape } from '@tidegate/formats';
import type { LoadedProject } from '../load-project.ts';
import type { ProjectConfig } from '../project-config.ts';
import { referenceOf } from '../reference.ts';
import { diagnosticAt } from '../yaml/parse-yaml.ts';
import { hintFor } from './draft.ts';

/**
 * Mistakes in the names of feature services, which are known once the definitions are read.
 *
 * @param services names of all feature services of the project
 */
export function checkFeatureServices({ config, source }: LoadedProject, services: readonly string[]): readonly Diagnostic[] {
  return namedServices(config)
    .filter(({ service }) => !services.includes(service))
    .map(({ path, service }) =>
      diagnosticAt(source, path, {
        code: 'TG-CONFIG-UNKNOWN-REFERENCE',
        message: `Cannot find the feature service "${service}": "${config.features?.definitions}" defines no such service`,
        hint: hintFor(service, services, 'Define one with the views and the label it needs')(),
      }),
    );
}

function namedServices(config: ProjectConfig): readonly { readonly path: shape.Path; readonly service: string }[] {
  const inSteps = Object.entries(config.steps).flatMap(([step, { in: entries }]) =>
    (entries ?? []).flatMap((entry, index) => {
      const reference = referenceOf(entry);
      return reference.kind === 'feature-set' ? [{ path: ['steps', step, 'in', index], service: reference.service }] : [];
    }),
  );
  const inModels = Object.entries(config.models).flatMap(([model, { evaluate }]) =>
    evaluate.on.kind === 'features' ? [{ path: ['models', model, 'evaluate', 'on'], service: evaluate.on.service }] : [],
  );
  const inServices = Object.entries(config.services).flatMap(([service, { features }]) =>
    features === null ? [] : [{ path: ['services', service, 'features'], service: features }],
  );
  const reported = new Set(inModels.map(({ service }) => service));
  // a service that takes the features of its model's evaluation would only repeat that mistake
  return [...inSteps, ...inModels, ...inServices.filter(({ service }) => !reported.has(service))];
}
