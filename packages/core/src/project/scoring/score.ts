import type { ScoreReceipt } from '@tidegate/formats';
import { writeFileAtomically } from '../../platform/index.ts';
import { listReceipts, type ScoredJob, scoreFile, type ScoreOrder } from '../../scoring/index.ts';
import type { Project } from '../project.ts';
import { releaseToScore, type ReleaseWanted } from './release-to-score.ts';
import { dataToScore, scoringParts, type Told } from './scoring-parts.ts';

export interface ScoreRequest
  extends Told, ReleaseWanted, Pick<ScoreOrder, 'input' | 'output' | 'quarantine' | 'asOfMs' | 'chunkRows' | 'progress'> {
  /** File for the receipt as well; null = it is only kept in the home. */
  readonly receipt: string | null;
  /** Whether features are computed from the dataset versions of earlier runs, and no source is looked at. */
  readonly pinned: boolean;
}

/**
 * Scores the rows of a file with a release of the project, with features as of each row's moment.
 * @throws TG-CLI-NOT-FOUND; as `scoreFile`
 */
export async function scoreRows(project: Project, request: ScoreRequest): Promise<ScoredJob> {
  const { name, home, platform, serving } = project;
  const { manifest, ...chosen } = await releaseToScore(project, request);
  const job = await scoreFile({
    ...request,
    ...chosen,
    ...scoringParts(project, chosen.environment, request),
    ...(await dataToScore(project, manifest, request)),
    clock: platform.clock,
    scores: home.scores,
    project: name,
    tidegate: serving.version,
  });
  if (request.receipt !== null) await writeFileAtomically(request.receipt, `${JSON.stringify(job.receipt, null, 2)}\n`);
  return job;
}

/** The receipts of the project's jobs, newest first. */
export function listScores({ home, name }: Project): Promise<readonly ScoreReceipt[]> {
  return listReceipts(home.scores, name);
}
