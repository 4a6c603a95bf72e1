import { join } from 'node:path';
import type { EmitEvent, ReleaseManifest } from '@tidegate/formats';
import { openVirtualEnvironments } from '../../commands/index.ts';
import { readVersion } from '../../data/index.ts';
import { serverVariables } from '../../deploy/index.ts';
import { datasetsNamedBy, loadDefinitions } from '../../features/index.ts';
import type { ScoreOrder } from '../../scoring/index.ts';
import { signatureFor } from '../deploy/release-trust.ts';
import { dataNow } from '../data/data-now.ts';
import { versionsOfRelease } from '../features/datasets-of-release.ts';
import { newestPassing } from '../run/newest-passing.ts';
import type { Project } from '../project.ts';

export interface Told {
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** What running the model of a release takes, as a server in the environment has it. */
export function scoringParts(
  project: Project,
  environment: string | null,
  { signal, emit }: Told,
): Pick<ScoreOrder, 'store' | 'argv' | 'declared' | 'variables' | 'signature' | 'python'> {
  const { root, config, home, store, platform, serving } = project;
  const declared = environment === null ? {} : (config.environments[environment]?.variables ?? {});
  const virtualEnvironments = openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root });
  const progress = (doing: string): void => emit({ kind: 'virtual-environment-progress', doing, fraction: null });
  return {
    store,
    argv: serving.argv,
    declared,
    variables: serverVariables(platform, declared),
    signature: (release) => signatureFor(project, release),
    python: async ({ python }, folder) => {
      if (python === null) return null;
      const requirements = python.requirements === null ? null : join(folder, 'requirements.txt');
      return virtualEnvironments.ensure({ requirements, interpreter: python.interpreter }, { signal, progress });
    },
  };
}

export type DataToScore = Pick<ScoreOrder, 'datasets' | 'versions' | 'refusedData'>;

/** The dataset versions that the features of a release are computed from. @param pinned whether those of earlier runs are used, and no source is looked at */
export async function dataToScore(
  project: Project,
  { definitions, model, features }: ReleaseManifest,
  { pinned, signal, emit }: Told & { readonly pinned: boolean },
): Promise<DataToScore> {
  if (definitions === null || features === null || features.views.length === 0) return { datasets: [], versions: {}, refusedData: {} };
  const read = datasetsNamedBy(await loadDefinitions(project.store, definitions), Object.keys(project.config.data));
  const { versions: known, refused } = pinned
    ? { versions: await newestPassing(project), refused: {} }
    : await dataNow(project, read, { signal, emit });
  const versions = await versionsOfRelease(project, { definitions, modelVersion: model.version }, known);
  const datasets = await Promise.all(Object.values(versions).map((digest) => readVersion(project.store, { digest })));
  return { datasets, versions, refusedData: refused };
}
