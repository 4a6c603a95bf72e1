import { dirname, join } from 'node:path';
import { chmod, existsSync, mkdir, readTextIfThere, rename, rm, writeFileAtomically } from '../../platform/index.ts';
import { beforeEnding, type HookName, hookNames, hookScript, isOurs, mergeScript, type Program } from './hook-script.ts';
import { git, type HooksPlace, hooksPlace, mergeScriptPath } from './hooks-place.ts';
import { noteInStep } from './in-step.ts';

export interface HookStatus {
  readonly name: HookName;
  readonly isInstalled: boolean;
  /** Whether a hook of somebody else is there: before ours, or in the place of it. */
  readonly hasOther: boolean;
}

export interface HooksStatus {
  /** Where they lie, absolute. */
  readonly folder: string;
  /** With `husky` none is written there: what Husky makes would take its place. Its scripts are to call Tidegate. */
  readonly madeBy: HooksPlace['madeBy'];
  readonly hooks: readonly HookStatus[];
  /** Whether `tidegate.lock` is merged by Tidegate. */
  readonly mergesLock: boolean;
  /** Projects of this repository that the hooks look after, relative to its top. */
  readonly projects: readonly string[];
}

/** The name of the driver in Git's configuration and attributes. */
const driver = 'tidegate-lock';
const attribute = `tidegate.lock merge=${driver}`;

/**
 * Installs the hooks and the merge driver for a project, for all working trees of its repository; what is there already stays and comes first. Nothing
 * of the working tree is touched. May be called again, for instance after Tidegate has moved.
 *
 * @throws as {@link hooksPlace}
 */
export async function installHooks(root: string, program: Program): Promise<HooksStatus> {
  const place = await hooksPlace(root);
  for (const name of place.madeBy === 'husky' ? [] : hookNames) {
    const path = join(place.hooks, name);
    const present = await readTextIfThere(path);
    if (present !== null && !isOurs(present)) await rename(path, `${path}${beforeEnding}`);
    await writeScript(path, hookScript(name, program));
  }
  await writeScript(mergeScriptPath(place), mergeScript(program));
  await git(root, ['config', '--local', `merge.${driver}.name`, 'tidegate.lock, pin by pin']);
  await git(root, ['config', '--local', `merge.${driver}.driver`, `${shellWord(mergeScriptPath(place))} %O %A %B %P`]);
  await changeAttributes(place, (lines) => (lines.includes(attribute) ? lines : [...lines, attribute]));
  if (!(await projectsOf(root)).includes(place.project)) await git(root, ['config', '--local', '--add', 'tidegate.project', place.project]);
  await noteInStep(root);
  return hooksStatus(root);
}

/**
 * Takes the project out of what the hooks look after; with the last one hooks and driver go, and those that were there before are back.
 *
 * @throws as {@link hooksPlace}
 */
export async function uninstallHooks(root: string): Promise<HooksStatus> {
  const place = await hooksPlace(root);
  await git(root, ['config', '--local', '--fixed-value', '--unset-all', 'tidegate.project', place.project]);
  if ((await projectsOf(root)).length > 0) return hooksStatus(root);
  for (const name of hookNames) {
    const path = join(place.hooks, name);
    if (!isOurs((await readTextIfThere(path)) ?? '')) continue;
    if (existsSync(`${path}${beforeEnding}`)) await rename(`${path}${beforeEnding}`, path);
    else await rm(path, { force: true });
  }
  await rm(dirname(mergeScriptPath(place)), { recursive: true, force: true });
  await git(root, ['config', '--local', '--remove-section', `merge.${driver}`]);
  await changeAttributes(place, (lines) => lines.filter((line) => line !== attribute));
  return hooksStatus(root);
}

/** @throws as {@link hooksPlace} */
export async function hooksStatus(root: string): Promise<HooksStatus> {
  const place = await hooksPlace(root);
  const hooks = await Promise.all(
    hookNames.map(async (name): Promise<HookStatus> => {
      if (place.madeBy === 'husky') return statusInHusky(place, name);
      const present = await readTextIfThere(join(place.hooks, name));
      const isInstalled = present !== null && isOurs(present);
      return { name, isInstalled, hasOther: isInstalled ? existsSync(join(place.hooks, `${name}${beforeEnding}`)) : present !== null };
    }),
  );
  const merge = await git(root, ['check-attr', 'merge', '--', 'tidegate.lock']);
  const hasDriver = (await git(root, ['config', '--get', `merge.${driver}.driver`])) !== null && existsSync(mergeScriptPath(place));
  return {
    folder: place.madeBy === 'husky' ? dirname(place.hooks) : place.hooks,
    madeBy: place.madeBy,
    hooks,
    mergesLock: hasDriver && merge?.endsWith(`merge: ${driver}`) === true,
    projects: await projectsOf(root),
  };
}

async function statusInHusky({ hooks }: HooksPlace, name: HookName): Promise<HookStatus> {
  const script = await readTextIfThere(join(dirname(hooks), name));
  const isInstalled = script?.includes(`hooks call ${name}`) === true;
  return { name, isInstalled, hasOther: script !== null };
}

/** Projects that the hooks of a repository look after, relative to its top. */
export async function projectsOf(cwd: string): Promise<readonly string[]> {
  return (await git(cwd, ['config', '--get-all', 'tidegate.project']))?.split('\n') ?? [];
}

async function writeScript(path: string, text: string): Promise<void> {
  await writeFileAtomically(path, text);
  await chmod(path, 0o755);
}

/** The attributes that are this clone's own: none of its files is changed for them. */
async function changeAttributes({ common }: HooksPlace, change: (lines: readonly string[]) => readonly string[]): Promise<void> {
  const path = join(common, 'info', 'attributes');
  const text = (await readTextIfThere(path)) ?? '';
  const lines = text.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
  const changed = change(lines)
    .map((line) => `${line}\n`)
    .join('');
  await mkdir(dirname(path), { recursive: true });
  if (changed !== text) await writeFileAtomically(path, changed);
}

/** Git gives the driver to a shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
