import { join } from 'node:path';
import { type Digest, hexOf, parseRemoteNeeds, recordJson, type RemoteNeeds } from '@tidegate/formats';
import { lockFileName } from '../../config/index.ts';
import { digestOfBytes, isoTime, readTextIfThere } from '../../platform/index.ts';
import { digestsIn, readOneRecord, type Remote, replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { judgeProjects } from '../store/collect/judge-projects.ts';
import { dayMs } from '../store/collect/retention.ts';
import { lockPins } from '../store/lock-pins.ts';
import { historyPins } from './history-pins.ts';

/**
 * Says in the remote what this working copy needs of it, unless it says so already: a garbage collection there leaves alone what any copy of any
 * project needs. To be called before what is needed is put, so that nothing is garbage while it is on its way.
 */
export async function registerNeeds(project: Project, remote: Remote): Promise<void> {
  const { name, root, home, platform, config } = project;
  const clone = cloneOf(platform.variables, `${home.root} ${root}`);
  const recordName = `needs/${remote.zone}/${name}/${clone}`;
  const there = parseRemoteNeeds(await readOneRecord(remote, recordName));
  const needs: RemoteNeeds = {
    format: 'tidegate.remote-needs/1',
    project: name,
    clone,
    at: isoTime(platform.clock),
    pins: standing(project, await pinsOf(root, there?.pins ?? [])),
    results: await keptResults(project),
    keepDays: config.keep.days,
  };
  const isFresh = there !== null && Date.parse(needs.at) - Date.parse(there.at) < dayMs;
  if (isFresh && isSame(there.pins, needs.pins) && isSame(there.results, needs.results) && there.keepDays === needs.keepDays) return;
  await remote.replaceRecord(recordName, recordJson(needs));
}

/** What is pinned anywhere in the history. When Git does not tell all of it, as in a shallow clone, what was said before holds as well. */
async function pinsOf(root: string, before: readonly Digest[]): Promise<readonly Digest[]> {
  const [tips, history] = [await lockPins(root), await historyPins(root)];
  const inTree = digestsIn((await readTextIfThere(join(root, lockFileName))) ?? '');
  const known = [...inTree, ...(tips ?? []).flatMap(({ digests }) => [...digests]), ...(history ?? [])];
  return [...new Set(tips === null || history === null ? [...known, ...before] : known)].toSorted();
}

/** Nobody needs what had rows that the project has forgotten. */
function standing({ state, name }: Project, pins: readonly Digest[]): readonly Digest[] {
  const { newest } = replacements(state, name);
  return [...new Set(pins.map(newest))].toSorted();
}

async function keptResults({ name, state, platform }: Project): Promise<readonly Digest[]> {
  const [judged] = await judgeProjects({ state, nowMs: platform.clock.now(), graceMs: dayMs, keep: {}, only: name });
  return (judged?.results.flatMap(({ key, keptFor }) => (keptFor === null ? [] : [key])) ?? []).toSorted();
}

/** A CI works in a new place each time, and is one working copy for each branch all the same. */
function cloneOf(variables: Project['platform']['variables'], place: string): string {
  const isCi = (variables['CI'] ?? '') !== '' && variables['CI'] !== 'false';
  const branch = variables['GITHUB_HEAD_REF'] || variables['GITHUB_REF_NAME'] || variables['CI_COMMIT_REF_NAME'] || '';
  const digits = hexOf(digestOfBytes(isCi ? branch : place)).slice(0, 16);
  return isCi ? `ci-${digits}` : digits;
}

function isSame(one: readonly Digest[], other: readonly Digest[]): boolean {
  return one.length === other.length && one.every((digest, index) => digest === other[index]);
}
