import { join } from 'node:path';
import { type Digest, hexOf } from '@tidegate/formats';
import { readLock } from '../../config/index.ts';
import { isoTime, readdir, rm, rmSync } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import { pinVersion } from '../data/pin-version.ts';
import { placeDataset } from '../data/place-dataset.ts';
import type { Project } from '../project.ts';
import { forgetInRemote, type ForgottenThere } from './forget-in-remote.ts';
import { tombstonesElsewhere } from './tombstones-elsewhere.ts';
import { type KeptTombstone, settleTombstone } from './tombstones.ts';

/** What was done here once the rows were forgotten. */
export interface FinishedHere {
  /** Objects that are gone from this machine. */
  readonly erased: number;
  /** The pin that was moved; null when it was none of those. */
  readonly pin: { readonly before: Digest; readonly after: Digest } | null;
  /** Parts of the table in the working tree that had such rows, in whose place others are now. */
  readonly placed: readonly string[];
}

export interface FinishedForgetting extends FinishedHere {
  /** What went out of the remote; null without one. */
  readonly remote: ForgottenThere | null;
}

export interface FinishRequest {
  readonly dataset: string;
  /** Parts of the table in the working tree that have such rows, relative to the project. */
  readonly parts: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Takes out of this machine and of the remote what is to go, moves the pin and the files of the working tree. May be called again after it was killed, or when the
 * remote was not to be reached, as often as need be.
 *
 * @throws TG-STORE-REMOTE-ZONE, TG-STORE-REMOTE-UNREACHABLE once everything here is done
 */
export async function finishForgetting(
  project: Project,
  tombstones: readonly KeptTombstone[],
  request: FinishRequest,
): Promise<FinishedForgetting> {
  const { remote, state, platform } = project;
  const here = await finishHere(project, tombstones, request);
  if (remote === null) return { ...here, remote };
  const gone: ForgottenThere[] = [];
  for (const one of [...(await tombstonesElsewhere(project, remote, request.dataset)), ...tombstones]) {
    gone.push(await forgetInRemote(project, remote, { ...one, signal: request.signal }));
    settleTombstone(state, one.tombstone.id, isoTime(platform.clock));
  }
  const sum = (count: (one: ForgottenThere) => number): number => gone.reduce((all, one) => all + count(one), 0);
  return {
    ...here,
    remote: { objects: sum(({ objects }) => objects), packs: sum(({ packs }) => packs), held: gone.flatMap(({ held }) => held) },
  };
}

/** As {@link finishForgetting}, of this machine alone; with a remote it is not settled yet. */
export async function finishHere(
  project: Project,
  tombstones: readonly KeptTombstone[],
  { dataset, parts, signal }: FinishRequest,
): Promise<FinishedHere> {
  const { objects, home, platform, state, remote } = project;
  const pin = await movePin(project, dataset);
  let erased = 0;
  for (const { tombstone, going } of tombstones) {
    for (const { before } of tombstone.tables) await rm(join(home.parts, `${hexOf(before)}.json`), { force: true });
    erased += (await objects.erase(going, signal)).length;
    await removeWorkspaces(project);
    state.database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'); // evidence that was cleared stays in no free page
    if (remote === null) settleTombstone(state, tombstone.id, isoTime(platform.clock));
  }
  await replaceParts(project, { dataset, parts, signal });
  return { erased, pin, placed: parts };
}

/** The new parts are written over the old ones before those that are left go: whoever is killed in between leaves parts by which the next call sees that it is not done. */
async function replaceParts(project: Project, { dataset, parts, signal }: FinishRequest): Promise<void> {
  if (parts.length === 0) return;
  const isPinned = Object.hasOwn((await readLock(project.root)).data, dataset);
  const { paths } = isPinned ? await placeDataset(project, dataset, { version: null, force: true, signal }) : { paths: [] };
  const placed = new Set(paths);
  for (const path of parts) if (!placed.has(path)) rmSync(join(project.root, path), { force: true });
}

async function movePin(project: Project, dataset: string): Promise<FinishedForgetting['pin']> {
  const { data } = await readLock(project.root);
  const before = Object.hasOwn(data, dataset) ? data[dataset] : undefined;
  const after = before === undefined ? undefined : replacements(project.state, project.name).newest(before);
  if (before === undefined || after === undefined || before === after) return null;
  await pinVersion(project, dataset, after);
  return { before, after };
}

/** Those of failed steps stay for a look into them, with inputs and outputs. No run of the project goes on. */
async function removeWorkspaces({ home, state, name }: Project): Promise<void> {
  const isOwn = state.prepare('SELECT 1 FROM run WHERE project = ? AND id = ?');
  for (const run of await readdir(home.workspaces).catch(() => []))
    if (isOwn.get(name, run) !== undefined) await rm(join(home.workspaces, run), { recursive: true, force: true });
}
