import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { computeTestSet } from '../../features/index.ts';
import type { ChampionTestSet } from '../../models/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import { datasetsOfRelease } from '../features/datasets-of-release.ts';
import type { Project } from '../project.ts';

/**
 * The champion's own features over the candidate's rows and the dataset versions of the run; a dataset that the project no longer
 * declares is that version of it which the champion was trained on.
 */
export function championTestSet(project: Pick<Project, 'state' | 'store'>): ChampionTestSet {
  return async ({ definitions, modelVersion, candidate, context }) => {
    const known = { ...candidate.datasets, ...versionsAmong(context) };
    const folder = join(await context.workspace(), 'champion');
    const output = join(folder, 'test.parquet');
    await computeTestSet({
      store: project.store,
      definitions,
      service: candidate.service.name,
      datasets: await datasetsOfRelease(project, { definitions, modelVersion }, known),
      window: candidate.test,
      folder,
      output,
      signal: context.signal,
    });
    return output;
  };
}

/** Dataset versions that are inputs of the evaluation because the champion reads them. */
function versionsAmong({ inputs }: StepContext): { readonly [dataset: string]: Digest } {
  const named = inputs.flatMap(({ name, artifact }) => {
    const dataset = /^data\.([^/]+)\/version$/.exec(name)?.[1];
    return dataset === undefined ? [] : [[dataset, artifact.digest] as const];
  });
  return Object.fromEntries(named);
}
