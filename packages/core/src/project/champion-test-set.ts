import { join } from 'node:path';
import { type DatasetVersion, type Digest, TidegateError } from '@tidegate/formats';
import { computeTestSet, datasetsNamedBy, loadDefinitions } from '../features/index.ts';
import { type ChampionTestSet, lineage } from '../models/index.ts';
import type { Project } from './project.ts';

type ChampionRequest = Parameters<ChampionTestSet>[0];

/**
 * The champion's own features over the candidate's rows and the dataset versions of the run; a dataset that the project no longer
 * declares is that version of it which the champion was trained on.
 */
export function championTestSet({ state, store }: Pick<Project, 'state' | 'store'>): ChampionTestSet {
  return async (request) => {
    const { definitions, candidate, context } = request;
    const pinned = await lineage({ state, store }, request.modelVersion).catch(lost);
    const versions = { ...pinned?.datasets, ...candidate.datasets, ...versionsAmong(request) };
    const read = datasetsNamedBy(await loadDefinitions(store, definitions), Object.keys(versions));
    const folder = join(await context.workspace(), 'champion');
    const output = join(folder, 'test.parquet');
    await computeTestSet({
      store,
      definitions,
      service: candidate.service.name,
      datasets: await Promise.all(
        Object.entries(versions)
          .filter(([dataset]) => read.includes(dataset))
          .map(async ([, digest]) => (await store.readJson(digest)) as unknown as DatasetVersion),
      ),
      window: candidate.test,
      folder,
      output,
    });
    return output;
  };
}

/** Where the model comes from may no longer be kept; its features can do without. */
function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

/** Dataset versions that are inputs of the evaluation because the champion reads them. */
function versionsAmong({ context }: ChampionRequest): { readonly [dataset: string]: Digest } {
  const named = context.inputs.flatMap(({ name, artifact }) => {
    const dataset = /^data\.([^/]+)\/version$/.exec(name)?.[1];
    return dataset === undefined ? [] : [[dataset, artifact.digest] as const];
  });
  return Object.fromEntries(named);
}
