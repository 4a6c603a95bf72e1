import { type DatasetVersion, type Digest, type Evidence, failure } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import { datasetSql, readVersion } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { listRuns } from '../run/runs.ts';
import { versionOrPinned } from './version-or-pinned.ts';

/** The files of a version, or of the rows that were put aside when it was made. */
export interface FilesOfVersion extends Pick<DatasetVersion, 'tree' | 'files' | 'bytes'> {
  readonly digest: Digest;
}

const ending = '.quarantine';

function isPutAside(project: Project, name: string): boolean {
  return name.endsWith(ending) && !Object.hasOwn(project.config.data, name);
}

/**
 * The files of a version of `NAME`, or of `NAME.quarantine`: the rows that were put aside when the version was made.
 *
 * @throws TG-CLI-NOT-FOUND
 */
export async function filesOfVersion(project: Project, name: string, word: string | null): Promise<FilesOfVersion> {
  const aside = await rowsPutAside(project, name, word);
  if (aside !== null) return aside;
  const digest = await versionOrPinned(project, name, word);
  return { ...(await readVersion(project.store, { digest })), digest };
}

/** Where rows that were put aside are. */
export interface RowsPutAside extends FilesOfVersion {
  /** What they are of. */
  readonly dataset: string;
  /** How many they are, and why. */
  readonly evidence: readonly Evidence[];
}

/**
 * The rows that were put aside when a version was made; null when the name is none of such rows.
 *
 * @param word of the version; null: the newest, also when it failed, for its rows are looked at for that
 * @throws TG-CLI-NOT-FOUND
 */
export async function rowsPutAside(project: Project, name: string, word: string | null): Promise<RowsPutAside | null> {
  if (!isPutAside(project, name)) return null;
  const dataset = name.slice(0, -ending.length);
  const digest = word === null ? null : await versionOrPinned(project, dataset, word);
  for (const { steps } of listRuns(project)) {
    const made = steps.find(({ step, outputs }) => step === `data.${dataset}` && outputs['quarantine'] !== undefined);
    const version = made?.outputs['version']?.digest;
    const found = made?.outputs['quarantine'];
    if (made === undefined || found === undefined || version === undefined || (digest !== null && digest !== version)) continue;
    const evidence = made.evidence.filter((one) => one.name === 'quarantine');
    return { dataset, digest: version, tree: found.digest, files: found.files, bytes: found.bytes, evidence };
  }
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find rows of data.${dataset} that were put aside: ${digest === null ? 'no run here has made any' : 'no run here has made that version'}`,
    `Write "quarantine: true" into "${dataset}" in tidegate.yaml, and run "tidegate run data.${dataset}"`,
  );
}

/** The rows of a version of `NAME`, or of `NAME.quarantine`, as a SELECT with their types. @throws TG-CLI-NOT-FOUND; TG-DATA-FORMAT for files that are not read as rows */
export async function rowsOfVersion(
  project: Project,
  name: string,
  word: string | null,
): Promise<{ readonly digest: Digest; readonly rows: string }> {
  const { store } = project;
  const { digest, tree } = await filesOfVersion(project, name, word);
  if (!isPutAside(project, name)) return { digest, rows: await datasetSql(store, await readVersion(store, { digest }), tree) };
  const files = await Promise.all((await store.readTree(tree)).entries.map((entry) => store.pathOf(entry.digest)));
  return { digest, rows: `SELECT * FROM read_parquet([${files.map(quoteText).join(', ')}])` };
}
