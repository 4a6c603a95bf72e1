import { join } from 'node:path';
import { readVersion } from '../../data/index.ts';
import { computeTestSet } from '../../features/index.ts';
import type { StaleTestSet } from '../../models/index.ts';
import type { Project } from '../project.ts';

/** The candidate's own definitions over the dataset versions that its features were made from. */
export function staleTestSet({ store }: Pick<Project, 'store'>): StaleTestSet {
  return async ({ candidate, staleMs, context }) => {
    const folder = join(await context.workspace(), 'stale');
    const output = join(folder, 'test.parquet');
    await computeTestSet({
      store,
      definitions: candidate.service.version,
      service: candidate.service.name,
      datasets: await Promise.all(Object.values(candidate.datasets).map((digest) => readVersion(store, { digest }))),
      window: candidate.test,
      staleMs,
      folder,
      output,
      signal: context.signal,
    });
    return output;
  };
}
