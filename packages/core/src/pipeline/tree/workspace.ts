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
  filesBelow,
  measureFile,
  mkdirSync,
  readdir,
  rename,
  rm,
  temporaryBeside,
} from '../../platform/index.ts';
import { type Home, isSameStamp, type ObjectStore, shortestShared, stampOf, type State } from '../../store/index.ts';
import type { ProjectFile } from '../inputs/snapshot.ts';
import type { ResolvedInput, StepNode } from '../step-kind.ts';

const filesAtOnce = 16;

export interface WorkspaceParts {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  readonly files: readonly ProjectFile[];
  readonly store: ObjectStore;
  /** Inputs whose large files nobody can write in the workspace: they may be the objects themselves. */
  readonly sealed: ReadonlySet<ResolvedInput>;
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
export async function makeWorkspace(folder: string, { node, inputs, files, store, sealed }: WorkspaceParts): Promise<readonly string[]> {
  if (entryAt(folder) !== null) await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const areSame = await concurrently(filesAtOnce, files, (file) => placeFile(file, join(folder, file.path)));
  for (const input of inputs) {
    const { artifact, place, source } = input;
    if (place === null || source !== null) continue;
    const as = sealed.has(input) ? 'sealed' : 'copy';
    if (artifact.kind === 'file') await store.checkOut(artifact.digest, join(folder, place), { as });
    else await store.checkOutTree(artifact.digest, join(folder, place), { as });
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

/** Removes the workspaces of a run, but not those of these steps: no sandbox seals them any more, so nothing in them may be an object of the store. */
export async function removeWorkspaces(home: Home, run: RunId, kept: ReadonlySet<StepName>): Promise<void> {
  const folder = join(home.workspaces, run);
  const isKept = new Set<string>(kept);
  await removeEach(folder, isKept);
  if (kept.size === 0) await rm(folder, { recursive: true, force: true });
  else for (const name of isKept) await unshare(join(folder, name));
}

/** A few at once: `rm` of a folder begins with everything in it, and keeps some kilobytes for each of ten thousand workspaces. */
async function removeEach(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !kept.has(name));
  await concurrently(filesAtOnce, names, (name) => rm(join(folder, name), { recursive: true, force: true }));
}

/** Puts a copy in the place of every file that is an object of the store; where that cannot be, nothing is kept. */
async function unshare(folder: string): Promise<void> {
  try {
    for (const path of await filesBelow(folder)) if (isShared(join(folder, path))) await copyInPlace(join(folder, path));
  } catch {
    await rm(folder, { recursive: true, force: true });
  }
}

function isShared(file: string): boolean {
  const stat = entryAt(file);
  return stat !== null && stat.nlink > 1n && stat.size >= BigInt(shortestShared);
}

async function copyInPlace(file: string): Promise<void> {
  const temporary = temporaryBeside(file);
  await copyFile(file, temporary);
  chmodSync(temporary, 0o644);
  await rename(temporary, file);
}

/** Removes what earlier runs of the project kept, and what belongs to no run that is known. Runs of other projects are left alone. */
export async function removeOldWorkspaces(home: Home, state: State, project: string): Promise<void> {
  for (const name of await readdir(home.workspaces).catch(() => [])) {
    const row = isRunId(name) ? state.prepare('SELECT project, status FROM run WHERE id = ?').get(name) : undefined;
    if (row === undefined || (row['project'] === project && row['status'] !== 'running'))
      await rm(join(home.workspaces, name), { recursive: true, force: true });
  }
}
