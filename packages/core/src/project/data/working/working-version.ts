import { type DatasetVersion, type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { formatOf, makeDataset, plainVersion, readVersion } from '../../../data/index.ts';
import { newestResults, type ProjectFile, resolveInputs, type StepNode, takeSnapshot } from '../../../pipeline/index.ts';
import { fileDigests, type ObjectStore } from '../../../store/index.ts';
import { forgottenRowsOf } from '../../forget/row-hashing.ts';
import { formerProfiles, formerTables } from '../readings/former-tables.ts';
import { projectNodes } from '../../nodes.ts';
import { placeOfInput } from '../../place-of-input.ts';
import { plannedSteps } from '../../run/plan-project.ts';
import type { Project } from '../../project.ts';
import { notPulled } from './working-changes.ts';
import { workingFiles } from './working-files.ts';
import { workingTree } from './working-tree.ts';

/** What a commit would make a version of now. */
export interface WorkingVersion {
  readonly version: DatasetVersion;
  /** Reads its tree, which the store need not have. */
  readonly store: Pick<ObjectStore, 'readJson'>;
  /** How many files of the pinned version were never pulled here, and are taken to be as they are there. */
  readonly notHere: number;
}

export interface WorkingVersionOptions {
  readonly signal: AbortSignal;
  readonly progress: (doing: string, fraction: number | null) => void;
}

/**
 * The version that the files of a dataset are now, or what was read of its source: made as its step would, but no run is recorded and nothing is pinned. One that
 * a run has made is not made again, and of files that are kept as they are nothing is stored.
 *
 * @throws TG-DATA-NO-FILES when none of its files is here; TG-CLI-USAGE when some of its files were never pulled, and its rows are compared; as the step of the dataset
 */
export async function workingVersion(project: Project, dataset: string, options: WorkingVersionOptions): Promise<WorkingVersion> {
  const { store } = project;
  const files = (await workingFiles(project, [dataset])).get(dataset) ?? [];
  if (files.length === 0 && project.config.data[dataset]?.from.source === undefined)
    throw failure(
      'TG-DATA-NO-FILES',
      `Cannot compare data.${dataset} as it is now: none of its files is here`,
      `Put them there, or pull them: "tidegate data pull ${dataset}"; two versions are compared by "tidegate data diff ${dataset} OLD NEW"`,
    );
  const absent = isOfFiles(project, dataset) ? await notPulled(project, dataset, files) : [];
  if (isPlain(project, dataset, files)) {
    const tree = workingTree(store, [...files, ...absent]);
    return { version: plainVersion(dataset, tree), store: tree, notHere: absent.length };
  }
  if (absent.length > 0)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot compare the rows of data.${dataset} as it is now: ${absent.length} files of its pinned version were never pulled here`,
      `Pull them: "tidegate data pull ${dataset}"; two versions are compared by "tidegate data diff ${dataset} OLD NEW"`,
    );
  return {
    version: await readVersion(store, { digest: (await madeVersion(project, dataset)) ?? (await makeNow(project, dataset, options)) }),
    store,
    notHere: 0,
  };
}

function isOfFiles({ config }: Project, dataset: string): boolean {
  const { from, table } = config.data[dataset] ?? {};
  return from?.source === undefined && table === undefined;
}

function isPlain(project: Project, dataset: string, files: readonly TreeEntry[]): boolean {
  const { format } = project.config.data[dataset] ?? {};
  return isOfFiles(project, dataset) && (format ?? formatOf(files.map(({ path }) => path))) === 'files';
}

/** What a run has made of the very same; null when none has. */
export async function madeVersion(project: Project, dataset: string): Promise<Digest | null> {
  const step = `data.${dataset}`;
  const part = { only: [step], from: [], alone: [], failed: false };
  const planned = (await plannedSteps(project, { ...part, signal: new AbortController().signal })).steps.find((one) => one.step === step);
  if (planned?.action !== 'hit') return null;
  const results = newestResults(project.state, { project: project.name, step: planned.step }, searchedResults);
  return results.find(({ key }) => key === planned.key)?.outputs['version']?.digest ?? null;
}

const searchedResults = 50;

async function makeNow(project: Project, dataset: string, { signal, progress }: WorkingVersionOptions): Promise<Digest> {
  const { root, store } = project;
  const nodes = await projectNodes(project);
  const node = nodes.find(({ name }) => name === `data.${dataset}`);
  const inputs = node === undefined ? null : resolveInputs(node, await filesOf(project, nodes, node), () => undefined);
  if (node === undefined || inputs === null) throw new Error(`Cannot find what data.${dataset} is made of; please report this`);
  const deps = {
    openEngine,
    root,
    formerTables: () => formerTables(project, dataset),
    formerParts: () => formerProfiles(project, dataset),
    forgottenRows: () => forgottenRowsOf(project, dataset),
  };
  const { outputs } = await makeDataset({ node, inputs, store, signal, progress }, deps);
  if (outputs['version'] !== undefined) return outputs['version'].digest;
  throw failure('TG-DATA-VERSION', `Cannot make a version of data.${dataset}`, `Run "tidegate data commit ${dataset}"`);
}

async function filesOf(
  { root, home, state, platform, source }: Project,
  allSteps: readonly StepNode[],
  node: StepNode,
): Promise<readonly ProjectFile[]> {
  const digests = fileDigests(state, platform.clock);
  const snapshot = await takeSnapshot({
    root,
    steps: [node],
    allSteps,
    digests,
    except: [home.root],
    placeOfInput: (step, pattern) => placeOfInput(source, step, pattern),
  });
  return snapshot.filesOf(node);
}
