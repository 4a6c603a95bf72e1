import { dirname, join } from 'node:path';
import { failure, isRunId, type RunId, type StepName } from '@tidegate/formats';
import {
  chmodSync,
  concurrently,
  constants,
  copyFile,
  copyFileSync,
  entryAt,
  existsSync,
  measureFile,
  mkdirSync,
  readdir,
  rm,
} from '../../platform/index.ts';
import { type Home, isSameStamp, type ObjectStore, stampOf, type State } from '../../store/index.ts';
import type { ProjectFile } from '../inputs/snapshot.ts';
import type { ResolvedInput, StepNode } from '../step-kind.ts';

const filesAtOnce = 16;

export interface WorkspaceParts {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  readonly files: readonly ProjectFile[];
  readonly store: ObjectStore;
}

export function workspaceOf(home: Home, run: RunId, step: StepName): string {
  return join(home.workspaces, run, step);
}

/**
 * Makes the folder of one step: private copies of project files first, then artifacts, which win where both have a path, and the
 * folders that outputs are written into.
 *
 * @returns project files that no longer have the content that is in the key
 * @throws TG-PIPELINE-OUTPUT-CLASH when an input is placed where an output belongs; what the store throws
 */
export async function makeWorkspace(folder: string, { node, inputs, files, store }: WorkspaceParts): Promise<readonly string[]> {
  if (entryAt(folder) !== null) await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const areSame = await concurrently(filesAtOnce, files, (file) => placeFile(file, join(folder, file.path)));
  for (const { artifact, place, source } of inputs) {
    if (place === null || source !== null) continue;
    if (artifact.kind === 'file') await store.checkOut(artifact.digest, join(folder, place));
    else await store.checkOutTree(artifact.digest, join(folder, place));
  }
  for (const { name, path } of node.outputs) if (path !== null) makeRoomFor(folder, path, `${node.name}/${name}`);
  return files.filter((_, index) => areSame[index] === false).map((file) => file.path);
}

/** To hand over a call of the file system to another thread costs more than it takes for so few bytes. */
const smallFile = 64 << 10;

/** A copy shares its bytes with the original where the file system can (reflink). */
async function placeFile(file: ProjectFile, to: string): Promise<boolean> {
  mkdirSync(dirname(to), { recursive: true });
  try {
    if (file.bytes <= smallFile) copyFileSync(file.file, to, constants.COPYFILE_FICLONE);
    else await copyFile(file.file, to, constants.COPYFILE_FICLONE);
    chmodSync(to, file.executable ? 0o755 : 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return isUnchanged(file) || (await measureFile(to)).digest === file.digest;
}

/** Whether the file's stat proves that it has been the same since the snapshot. */
export function isUnchanged(file: ProjectFile): boolean {
  const stat = entryAt(file.file);
  return file.settled && stat !== null && isSameStamp(stampOf(stat), file.stamp);
}

function makeRoomFor(folder: string, path: string, output: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  if (!existsSync(join(folder, path))) return;
  throw failure(
    'TG-PIPELINE-OUTPUT-CLASH',
    `Cannot write "${path}", the output "${output}": an input is placed there`,
    'Give the output another path than any of the inputs of its step',
  );
}

/** Removes the workspaces of a run, but not those of these steps. */
export async function removeWorkspaces(home: Home, run: RunId, kept: ReadonlySet<StepName>): Promise<void> {
  const folder = join(home.workspaces, run);
  if (kept.size === 0) return rm(folder, { recursive: true, force: true });
  for (const name of await readdir(folder).catch(() => []))
    if (![...kept].some((step) => step === name)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Removes what earlier runs of the project kept, and what belongs to no run that is known. Runs of other projects are left alone. */
export async function removeOldWorkspaces(home: Home, state: State, project: string): Promise<void> {
  for (const name of await readdir(home.workspaces).catch(() => [])) {
    const row = isRunId(name) ? state.prepare('SELECT project, status FROM run WHERE id = ?').get(name) : undefined;
    if (row === undefined || (row['project'] === project && row['status'] !== 'running'))
      await rm(join(home.workspaces, name), { recursive: true, force: true });
  }
}
