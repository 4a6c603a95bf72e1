import { failure, type StepName } from '@tidegate/formats';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';
import { testingKinds } from './tested-suites.ts';

/**
 * The steps that test something: the suites under `tests:`; with `all` also evaluations of models and trials of releases. Of those named, when any are: a suite by
 * its name, the others as `models.NAME` and `trials.NAME`.
 *
 * @throws TG-CLI-NOT-FOUND; as {@link projectNodes}
 */
export async function testSteps(
  project: Project,
  names: readonly string[],
  { all }: { readonly all: boolean },
): Promise<readonly StepName[]> {
  const nodes = (await projectNodes(project)).filter(({ kind }) => testingKinds.includes(kind));
  const known = nodes.map(({ name }) => name);
  if (names.length === 0) return known.filter((name) => all || name.startsWith('tests.'));
  return names.map((name) => {
    const found = known.find((step) => step === name || step === `tests.${name}`);
    if (found !== undefined) return found;
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot run the tests "${name.replace(/^tests\./, '')}": the project has none of that name`,
      `Tests: ${known.map((step) => step.replace(/^tests\./, '')).join(', ')}`,
    );
  });
}
