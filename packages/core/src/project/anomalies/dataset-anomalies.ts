import { type AnomalyReport, type Digest, failure, type FineNote } from '@tidegate/formats';
import { defaultAnomalies, judgeHistory, type VersionHistory } from '../../data/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import { versionNamed } from '../data/version-names.ts';
import { whoIsAtWork } from '../forget/who-is-at-work.ts';
import type { Project } from '../project.ts';
import { addFineNote, fineNotes, requireMeasure } from './fine-notes.ts';
import { dropReplaced, measuredVersions, noteFormerVersions, noteVersion, now } from './measured-versions.ts';

/** What the step of a dataset's anomalies judges: a version with all that is known of the dataset. */
export async function historyOf(project: Project, dataset: string, version: Digest): Promise<VersionHistory> {
  dropReplaced(project, dataset);
  const own = await noteVersion(project, dataset, { version, at: now(project) });
  return { version: own, others: measuredVersions(project, dataset), notes: fineNotes(project, dataset) };
}

export interface DatasetAnomalies {
  readonly report: AnomalyReport;
  /** What was said of its versions, the oldest first. */
  readonly notes: readonly FineNote[];
}

/** The newest version of a dataset, or a named one, judged by those before it. @throws TG-CLI-NOT-FOUND when there is none */
export async function datasetAnomalies(project: Project, dataset: string, named: string | null): Promise<DatasetAnomalies> {
  requireDataset(project, dataset);
  await noteFormerVersions(project, dataset);
  const newest = measuredVersions(project, dataset).at(-1)?.version ?? null;
  const version = named === null ? newest : await versionNamed(project, dataset, named);
  if (version === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find a version of "data.${dataset}": it was never read`,
      `Run "tidegate run data.${dataset}" first`,
    );
  const history = await historyOf(project, dataset, version);
  return { report: judgeHistory(history, project.config.data[dataset]?.anomalies ?? defaultAnomalies), notes: history.notes };
}

export interface SayFine {
  readonly dataset: string;
  /** A digest or its first digits, or a commit, branch or tag. */
  readonly version: string;
  /** Null = every measure of it. */
  readonly measure: string | null;
  readonly isFine: boolean;
  readonly reason: string | null;
}

/**
 * Notes that what is unusual about a version is fine, or takes that back.
 *
 * @returns null when just that was said last
 * @throws TG-CLI-NOT-FOUND when there is no such version, or it has no such measure
 */
export async function sayFine(project: Project, { dataset, version: word, ...said }: SayFine): Promise<FineNote | null> {
  requireDataset(project, dataset);
  await noteFormerVersions(project, dataset);
  const version = await versionNamed(project, dataset, word);
  const { measures } = await noteVersion(project, dataset, { version, at: now(project) });
  requireMeasure([...measures.map(({ name }) => name), 'added rows'], said.measure, version);
  return addFineNote(project, { ...said, dataset, version, by: await whoIsAtWork(project.root) });
}
