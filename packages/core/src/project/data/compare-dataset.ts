import type { DatasetVersion, Digest } from '@tidegate/formats';
import {
  compareFiles,
  type ComparedFiles,
  compareRows,
  compareVersions,
  type ExampleRow,
  personalValue,
  readVersion,
  type RowDifference,
  tableAt,
  type VersionDifference,
} from '../../data/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { asideAsVersion } from './aside-as-version.ts';
import { hiddenColumns } from './hidden-columns.ts';
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
  const { before, after, now } =
    (await asideSides(project, name, { before: old, after: young, signal: options.signal })) ??
    (await datasetSides(project, name, { before: old, after: young, ...options }));
  const versions = { before: before.version, after: now.version };
  const haveRows = [before.version, now.version].every(({ columns }) => columns.length > 0);
  return {
    before: before.digest,
    after,
    notHere: now.notHere,
    ...compareVersions(before.version, now.version),
    fileChanges: await filesThatDiffer(now.store, versions),
    rowChanges: haveRows
      ? withoutPersonal(
          await compareRows({ store, ...versions, ...rows, signal: options.signal }),
          await hiddenColumns(project, name.replace(asideEnding, ''), [before.version, now.version]),
        )
      : null,
  };
}

/** What is compared: a version, and another one or what would become one now. */
interface Sides {
  readonly before: { readonly digest: Digest; readonly version: DatasetVersion };
  readonly after: Digest | null;
  readonly now: { readonly store: Pick<ObjectStore, 'readJson'>; readonly version: DatasetVersion; readonly notHere: number };
}

type SidesChoice = Pick<DatasetChoice, 'before' | 'after'>;

async function datasetSides(
  project: Project,
  name: string,
  { before: old, after: young, ...options }: SidesChoice & WorkingVersionOptions,
): Promise<Sides> {
  const { store } = project;
  const digest = await versionOrPinned(project, name, old);
  const version = await readVersion(store, { digest });
  const after = young === null ? null : await versionNamed(project, name, young);
  const now =
    after === null
      ? await workingVersion(project, name, options)
      : { store, version: await readVersion(store, { digest: after }), notHere: 0 };
  return { before: { digest, version }, after, now };
}

const asideEnding = /\.quarantine$/;

/** Rows that were put aside from two versions: the pinned one and the newest, unless they are named. Null when the name is none of such rows. */
async function asideSides(
  project: Project,
  name: string,
  { before: old, after: young, signal }: SidesChoice & { readonly signal: AbortSignal },
): Promise<Sides | null> {
  const after = await asideAsVersion(project, name, { version: young, signal });
  if (after === null) return null;
  const dataset = after.version.dataset.replace(asideEnding, '');
  const before = await asideAsVersion(project, name, { version: old ?? (await versionOrPinned(project, dataset, null)), signal });
  return before === null ? null : { before, after: after.digest, now: { store: project.store, version: after.version, notHere: 0 } };
}

/** Examples show no value of a person. */
function withoutPersonal(difference: RowDifference, personal: ReadonlySet<string>): RowDifference {
  if (personal.size === 0) return difference;
  const hide = (row: ExampleRow): ExampleRow =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, personal.has(name) && value !== null ? personalValue : value]));
  const { added, removed, changed } = difference.examples;
  return {
    ...difference,
    examples: {
      added: added.map(hide),
      removed: removed.map(hide),
      changed: changed.map(({ before, after }) => ({ before: hide(before), after: hide(after) })),
    },
  };
}

async function filesThatDiffer(
  store: Pick<ObjectStore, 'readJson'>,
  { before, after }: { readonly before: DatasetVersion; readonly after: DatasetVersion },
): Promise<ComparedFiles | null> {
  for (const { tree } of [before, after]) if ((await tableAt(store, tree)) !== null) return null;
  return compareFiles(store, before.tree, after.tree);
}
