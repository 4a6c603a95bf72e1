import { type Digest, TidegateError } from '@tidegate/formats';
import { lastEnvironment } from '../../../config/index.ts';
import type { DriftReferences } from '../../../data/index.ts';
import { deploymentHistory, liveAfter } from '../../../deploy/index.ts';
import { lineage } from '../../../models/index.ts';
import { readRelease } from '../../../packaging/index.ts';
import type { Project } from '../../project.ts';
import { versionNamed } from '../version-names.ts';

/** The versions that datasets with `drift` are compared with in a run; null where no live model was made from one. */
export async function driftReferences(project: Project): Promise<DriftReferences> {
  const wanted = Object.entries(project.config.data).flatMap(([name, { drift }]) =>
    drift === undefined ? [] : [{ name, against: drift.against }],
  );
  const live = wanted.some(({ against }) => against === 'live') ? await versionsOfLive(project) : {};
  const references: { [dataset: string]: Digest | null } = {};
  for (const { name, against } of wanted)
    references[name] = against === 'live' ? (live[name] ?? null) : await versionNamed(project, name, against);
  return references;
}

/** The dataset versions that live models of the last environment go back to; of several models the first service's. */
async function versionsOfLive({ state, store, name, config }: Project): Promise<{ readonly [dataset: string]: Digest }> {
  const environment = lastEnvironment(config.environments);
  let found: { readonly [dataset: string]: Digest } = {};
  for (const service of environment === null ? [] : Object.keys(config.services).toSorted()) {
    const release = liveAfter(deploymentHistory(state, name, { environment: environment ?? '', service }))?.release ?? null;
    if (release === null) continue;
    try {
      const { model } = await readRelease(store, release);
      found = { ...(await lineage({ state, store }, model.version)).datasets, ...found };
    } catch (error) {
      // what is live may come from elsewhere, and its records may be gone: then nothing is known of it
      if (!(error instanceof TidegateError)) throw error;
    }
  }
  return found;
}
