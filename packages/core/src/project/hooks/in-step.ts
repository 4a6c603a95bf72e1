import { join } from 'node:path';
import { type Digest, TidegateError } from '@tidegate/formats';
import { emptyLock, lockFileName, lockText, parseLock } from '../../config/index.ts';
import { existsSync, readTextIfThere, writeFileAtomically } from '../../platform/index.ts';
import { git, mergeScriptPath } from './hooks-place.ts';

/** Versions by dataset. */
type Versions = { readonly [dataset: string]: Digest };

/**
 * Keeps that the data of a working tree was brought in step with its `tidegate.lock`, as a copy of it beside what Git keeps of that tree: a hook then tells with
 * `cmp` whether there is anything to do, also after what Git calls no hook for by name. Beside it stands which version's files are there. Without hooks nothing is kept.
 *
 * @param isPlaced of which datasets the files are there now; of the others those stay that were there before
 */
export async function noteInStep(root: string, isPlaced: (dataset: string) => boolean = () => true): Promise<void> {
  const places = await placesOf(root);
  if (places === null) return;
  const text = (await readTextIfThere(join(root, lockFileName))) ?? '';
  const [data, former] = [text === '' ? {} : await versionsIn(join(root, lockFileName)), await versionsIn(places.placed)];
  if (data === null) return; // a merge is under way
  const placed = Object.entries(data).flatMap(([dataset, version]): readonly (readonly [string, Digest])[] => {
    const there = isPlaced(dataset) ? version : former === null ? version : former[dataset];
    return there === undefined ? [] : [[dataset, there]];
  });
  await writeFileAtomically(places.placed, lockText({ ...emptyLock, data: Object.fromEntries(placed) }));
  await writeFileAtomically(places.inStep, text);
}

/** Keeps that the files of one dataset are those of a version, whatever the lock says: somebody wanted them so while it said that. */
export async function notePlaced(root: string, dataset: string, version: Digest): Promise<void> {
  const places = await placesOf(root);
  const former = places === null ? null : await versionsIn(places.placed);
  if (places === null || former === null) return;
  await writeFileAtomically(places.placed, lockText({ ...emptyLock, data: { ...former, [dataset]: version } }));
  await writeFileAtomically(places.inStep, (await readTextIfThere(join(root, lockFileName))) ?? '');
}

/** Which version's files were there last, by dataset; null where nobody knows. */
export async function lastPlaced(root: string): Promise<Versions | null> {
  const places = await placesOf(root);
  return places === null ? null : await versionsIn(places.placed);
}

async function versionsIn(path: string): Promise<Versions | null> {
  const text = await readTextIfThere(path);
  try {
    return text === null ? null : parseLock(text).data;
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}

/** Below the folder of a working tree, of which a repository has several; the hook's script makes the same name. */
async function placesOf(root: string): Promise<{ readonly inStep: string; readonly placed: string } | null> {
  const said = await git(root, ['rev-parse', '--show-prefix', '--path-format=absolute', '--git-dir', '--git-common-dir']);
  const [prefix = '', folder = '', common = ''] = said?.split('\n') ?? [];
  if (folder === '' || !existsSync(mergeScriptPath({ common }))) return null;
  const project = (prefix === '' ? '.' : prefix.replace(/\/$/, '')).replaceAll('/', '+');
  return { inStep: join(folder, 'tidegate', `in-step+${project}`), placed: join(folder, 'tidegate', `placed+${project}`) };
}
