import { join } from 'node:path';
import { type Digest, type EmitEvent, type ReleaseManifest, type ScoreReceipt } from '@tidegate/formats';
import { openVirtualEnvironments } from '../commands/index.ts';
import { readVersion } from '../data/index.ts';
import { serverVariables } from '../deploy/index.ts';
import { datasetsNamedBy, loadDefinitions } from '../features/index.ts';
import { listReceipts, type ScoredJob, scoreFile, type ScoreOrder } from '../scoring/index.ts';
import { writeFileAtomically } from '../platform/index.ts';
import { dataNow } from './data-now.ts';
import { versionsOfRelease } from './datasets-of-release.ts';
import { newestPassing } from './newest-passing.ts';
import type { Project } from './project.ts';
import { type ReleaseToScore, releaseToScore, type ReleaseWanted } from './release-to-score.ts';

export interface ScoreRequest
  extends ReleaseWanted, Pick<ScoreOrder, 'input' | 'output' | 'quarantine' | 'asOfMs' | 'chunkRows' | 'progress' | 'signal'> {
  /** File for the receipt as well; null = it is only kept in the home. */
  readonly receipt: string | null;
  /** Whether features are computed from the dataset versions of earlier runs, and no source is looked at. */
  readonly pinned: boolean;
  readonly emit: EmitEvent;
}

/**
 * Scores the rows of a file with a release of the project, with features as of each row's moment.
 * @throws TG-CLI-NOT-FOUND; as `scoreFile`
 */
export async function scoreRows(project: Project, request: ScoreRequest): Promise<ScoredJob> {
  const chosen = await releaseToScore(project, request);
  const data = await dataOf(project, chosen.manifest, request);
  const job = await scoreFile({ ...request, ...orderOf(project, chosen, request), ...data });
  if (request.receipt !== null) await writeFileAtomically(request.receipt, `${JSON.stringify(job.receipt, null, 2)}\n`);
  return job;
}

/** The receipts of the project's jobs, newest first. */
export function listScores({ home, name }: Project): Promise<readonly ScoreReceipt[]> {
  return listReceipts(home.scores, name);
}

type OwnOrder = Omit<ScoreOrder, keyof ScoreRequest | 'datasets' | 'versions' | 'refusedData'> & Pick<ScoreOrder, 'environment'>;

function orderOf(
  project: Project,
  { release, environment, commit }: ReleaseToScore,
  { signal, emit }: ScoreRequest,
): OwnOrder & { readonly release: Digest } {
  const { name, root, config, home, store, platform, serving } = project;
  const declared = environment === null ? {} : (config.environments[environment]?.variables ?? {});
  return {
    store,
    argv: serving.argv,
    release,
    environment,
    commit,
    clock: platform.clock,
    scores: home.scores,
    project: name,
    tidegate: serving.version,
    declared,
    variables: serverVariables(platform, declared),
    python: async ({ python }, folder) => {
      if (python === null) return null;
      const requirements = python.requirements === null ? null : join(folder, 'requirements.txt');
      const building = { signal, progress: (doing: string) => emit({ kind: 'virtual-environment-progress', doing, fraction: null }) };
      return openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root }).ensure(
        { requirements, interpreter: python.interpreter },
        building,
      );
    },
  };
}

interface ReleaseData extends Pick<ScoreOrder, 'datasets' | 'versions' | 'refusedData'> {}

/** The dataset versions that the features of a release are computed from. */
async function dataOf(
  project: Project,
  { definitions, model, features }: ReleaseManifest,
  request: Pick<ScoreRequest, 'pinned' | 'signal' | 'emit'>,
): Promise<ReleaseData> {
  if (definitions === null || features === null || features.views.length === 0) return { datasets: [], versions: {}, refusedData: {} };
  const read = datasetsNamedBy(await loadDefinitions(project.store, definitions), Object.keys(project.config.data));
  const { versions: known, refused } = request.pinned
    ? { versions: await newestPassing(project), refused: {} }
    : await dataNow(project, read, request);
  const versions = await versionsOfRelease(project, { definitions, modelVersion: model.version }, known);
  const datasets = await Promise.all(Object.values(versions).map((digest) => readVersion(project.store, { digest })));
  return { datasets, versions, refusedData: refused };
}
