import { join } from 'node:path';
import { type Digest, type RowTombstone, TidegateError } from '@tidegate/formats';
import { isSigned, publicKeyOf, tableAt } from '../../data/index.ts';
import { digestOfFile, isoTime, readdir } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import type { AddedThatGoes } from './added-that-goes.ts';
import { beginForgetting } from './begin-forgetting.ts';
import { finishHere } from './finish-forgetting.ts';
import { sharedTombstones } from './forget-in-remote.ts';
import { movedTables } from './moved-tables.ts';
import { type KeptTombstone, settleTombstone, tombstonesOf } from './tombstones.ts';
import { whatGoes } from './what-goes.ts';
import { whatSaw } from './what-saw.ts';

/** A tombstone that another machine has left, and how many objects went here because of it. */
export interface TakenOver {
  readonly dataset: string;
  readonly id: string;
  readonly at: string;
  readonly erased: number;
  /** What was added here, is in no version, and is to be added anew, for it may have the rows. */
  readonly givenUp: readonly AddedThatGoes[];
}

/**
 * Forgets here what other machines have forgotten and said in the remote: versions give way to those in their place, results that came from them are not taken any
 * more, and their bytes go. One of which that was begun here and killed is completed. What only this machine ever had is not looked into: the keys are not in the remote. A tombstone whose signature is not right is passed over.
 *
 * @throws TG-DATA-FORGET-BUSY when there is something to forget and a run of the project goes on
 */
export async function takeOverTombstones(
  project: Project,
  datasets: readonly string[],
  signal: AbortSignal,
): Promise<readonly TakenOver[]> {
  const { remote, name } = project;
  if (remote === null) return [];
  const taken: TakenOver[] = [];
  for (const dataset of datasets) {
    const known = new Map(tombstonesOf(project, dataset).map((one) => [one.tombstone.id, one]));
    for (const tombstone of await sharedTombstones(remote, name, dataset)) {
      const begun = known.get(tombstone.id);
      if (begun === undefined && isSigned(tombstone)) taken.push(await takeOver(project, tombstone, signal));
      else if (begun?.isDone === false && !(await isOwn(project, tombstone))) taken.push(await finishTaking(project, begun, signal));
    }
  }
  return taken;
}

/** Who has left one himself has the keys, and finishes it with them. */
async function isOwn({ home }: Project, { publicKey }: RowTombstone): Promise<boolean> {
  return publicKey === (await publicKeyOf(home.signingKey));
}

async function takeOver(project: Project, tombstone: RowTombstone, signal: AbortSignal): Promise<TakenOver> {
  const { dataset } = tombstone;
  const [versions, tables] = [await atHand(project, tombstone.versions), await atHand(project, tombstone.tables)];
  const pairs = [...tables, ...versions];
  const before = new Set(pairs.map((pair) => pair.before));
  const onto = new Set(versions.map((pair) => pair.before));
  const { made } = await whatSaw(project, { dataset, replaced: before, shown: before, holdsRows: async () => true });
  const goes = await whatGoes(project, { dataset, pairs, made, onto, bearing: new Set() });
  const moved = await movedTables(project, tables);
  const givenUp = beginForgetting(project, { tombstone, versions, tables: moved, onto, going: goes.digests, made });
  return { ...(await finishTaking(project, { tombstone, going: goes.digests, isDone: false }, signal)), givenUp };
}

async function finishTaking(project: Project, begun: KeptTombstone, signal: AbortSignal): Promise<TakenOver> {
  const { id, at, dataset, tables } = begun.tombstone;
  const parts = await partsThatGo(project, tables, new Set(begun.going));
  const { erased } = await finishHere(project, [begun], { dataset, parts, signal });
  settleTombstone(project.state, id, isoTime(project.platform.clock)); // in the remote whoever left it sees to that
  return { dataset, id, at, erased, givenUp: [] };
}

/** Those of which the new one can be had: what would be lost otherwise is for whoever gives the keys here. Its record is here then, so that what it shares with the old one is known. */
async function atHand<T extends { readonly after: Digest }>({ store, state, name }: Project, pairs: readonly T[]): Promise<readonly T[]> {
  const { newest } = replacements(state, name);
  const found: T[] = [];
  for (const pair of pairs) if ((await store.readJson(newest(pair.after)).catch(nowhere)) !== null) found.push(pair);
  return found;
}

/** Parts in the working tree that are objects which go. */
async function partsThatGo(
  { root, store }: Project,
  tables: RowTombstone['tables'],
  going: ReadonlySet<Digest>,
): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const { after } of tables) {
    const record = await tableAt(store, after).catch(nowhere);
    if (record !== null) folders.add(record.folder);
  }
  const found: string[] = [];
  for (const folder of folders)
    for (const name of await readdir(join(root, folder)).catch(() => []))
      if (/^part-\d+\.parquet$/.test(name) && going.has(await digestOfFile(join(root, folder, name)))) found.push(`${folder}/${name}`);
  return found;
}

function nowhere(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}
