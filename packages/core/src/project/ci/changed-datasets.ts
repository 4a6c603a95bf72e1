import { type DatasetVersion, type Digest, type RunRecord, TidegateError } from '@tidegate/formats';
import type { Lock } from '../../config/index.ts';
import { compareVersions, readVersion, type VersionDifference } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { readDatasetVersion } from '../records.ts';

/** A dataset of which the two sides of a change have other versions. */
export interface ChangedDataset {
  readonly dataset: string;
  /** The version that `tidegate.lock` pinned at the base; null when it pinned none. */
  readonly before: Digest | null;
  /** The version that the run made; null when the dataset is gone, or could not be read. */
  readonly after: Digest | null;
  readonly version: DatasetVersion | null;
  /** What differs; null when one side has no version, or that of the base is nowhere at hand. */
  readonly difference: VersionDifference | null;
}

/** The datasets that came, went or have another version than at the base. */
export async function changedDatasets(project: Project, run: RunRecord, base: Lock): Promise<readonly ChangedDataset[]> {
  const steps = new Map(run.steps.filter(({ kind }) => kind === 'dataset').map((step) => [step.step.slice('data.'.length), step]));
  const names = [...new Set([...steps.keys(), ...Object.keys(base.data)])];
  const all = await Promise.all(
    names.map(async (dataset): Promise<ChangedDataset> => {
      const step = steps.get(dataset);
      const before = Object.hasOwn(base.data, dataset) ? (base.data[dataset] ?? null) : null;
      const after = step?.outputs['version']?.digest ?? null;
      const version = step === undefined || before === after ? null : await readDatasetVersion(project, step);
      const earlier = before === null || version === null ? null : await readVersion(project.store, { digest: before }).catch(lost);
      return { dataset, before, after, version, difference: earlier && version && compareVersions(earlier, version) };
    }),
  );
  return all.filter(({ before, after }) => before !== after);
}

function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
