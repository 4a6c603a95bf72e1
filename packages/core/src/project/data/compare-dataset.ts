import type { DatasetVersion, Digest } from '@tidegate/formats';
import {
  compareFiles,
  type ComparedFiles,
  compareRows,
  compareVersions,
  readVersion,
  type RowDifference,
  tableAt,
  type VersionDifference,
} from '../../data/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { versionOrPinned } from './version-or-pinned.ts';
import { versionNamed } from './version-names.ts';
import { workingVersion, type WorkingVersionOptions } from './working/working-version.ts';

export interface DatasetChoice {
  /** A digest or its first digits, a commit, branch or tag; null = the pinned version. */
  readonly before: string | null;
  /** The same; null = what a commit would make a version of now. */
  readonly after: string | null;
  /** How rows are compared: see `compareRows`. */
  readonly rows: { readonly key: readonly string[] | null; readonly limit: number };
}

/** How two dataset versions differ: in files, rows, columns, figures and checks. */
export interface DatasetDifference extends VersionDifference {
  readonly before: Digest;
  /** Null for what is no version yet. */
  readonly after: Digest | null;
  /** How many files of the pinned version were never pulled here: those count as unchanged. 0 when two versions are compared. */
  readonly notHere: number;
  /** Null for a table: its rows are kept, in whatever files they came. */
  readonly fileChanges: ComparedFiles | null;
  /** Null for files that are not read as rows. */
  readonly rowChanges: RowDifference | null;
}

/** What changed between two versions, or since one. @throws TG-CLI-NOT-FOUND; what the store throws; as the step of the dataset when it is to be made */
export async function compareDataset(
  project: Project,
  name: string,
  { before: old, after: young, rows, ...options }: DatasetChoice & WorkingVersionOptions,
): Promise<DatasetDifference> {
  const { store } = project;
  const digest = await versionOrPinned(project, name, old);
  const before = await readVersion(store, { digest });
  const after = young === null ? null : await versionNamed(project, name, young);
  const now =
    after === null
      ? await workingVersion(project, name, options)
      : { store, version: await readVersion(store, { digest: after }), notHere: 0 };
  const versions = { before, after: now.version };
  const haveRows = [before, now.version].every(({ columns }) => columns.length > 0);
  return {
    before: digest,
    after,
    notHere: now.notHere,
    ...compareVersions(before, now.version),
    fileChanges: await filesThatDiffer(now.store, versions),
    rowChanges: haveRows ? await compareRows({ store, ...versions, ...rows, signal: options.signal }) : null,
  };
}

async function filesThatDiffer(
  store: Pick<ObjectStore, 'readJson'>,
  { before, after }: { readonly before: DatasetVersion; readonly after: DatasetVersion },
): Promise<ComparedFiles | null> {
  for (const { tree } of [before, after]) if ((await tableAt(store, tree)) !== null) return null;
  return compareFiles(store, before.tree, after.tree);
}
