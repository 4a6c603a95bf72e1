import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '@tidegate/formats';
import { type ObjectEntry, references, type State } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { deploymentHolders, type Holder, newestHolders, pinHolders } from './collect/holders.ts';
import { keptRuns } from './collect/kept-runs.ts';
import { knownProjects } from './collect/known-projects.ts';
import { lockPins } from './lock-pins.ts';
import { dayMs } from './collect/retention.ts';

export interface PackOptions {
  /** Only objects that were stored, or put again, longer ago. Default 7 days. */
  readonly olderMs?: number;
  /** Only objects of so many bytes or more. Default 1 MiB. */
  readonly leastBytes?: number;
  /** Bytes of objects packed in a second, at most. Default 50 MB. */
  readonly bytesPerSecond?: number;
  /** Ends after so long; the next one goes on. Default 10 minutes. */
  readonly forMs?: number;
  /** Only says what would be packed. Default false. */
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

export interface PackedCold {
  readonly dryRun: boolean;
  /** What lies in pieces now, or would. */
  readonly objects: readonly ObjectEntry[];
  /** What was written for them; null of a dry run. */
  readonly writtenBytes: number | null;
  /** Objects that stayed whole because their bytes, or pieces that they share, are damaged. */
  readonly damaged: readonly ObjectEntry[];
  /** Objects for which the time was too short. */
  readonly left: number;
}

/** What is packed at a time, so that objects of little more than a megabyte share a pack. */
const groupBytes = 64 << 20;

/**
 * Turns files of objects that nothing reads as files into pieces, which versions that are alike share: large ones that were not put for a while, and
 * that no working tree, live deployment, pin, newest release, newest model or newest run leads to. Reading one makes its file again.
 */
export async function packCold(project: Project, options: PackOptions): Promise<PackedCold> {
  const { bytesPerSecond = 50e6, forMs = 600_000, dryRun = false, signal } = options;
  const { objects: store, platform } = project;
  const waiting = await coldObjects(project, options);
  if (dryRun) return { dryRun, objects: waiting, writtenBytes: null, damaged: [], left: 0 };
  const began = platform.clock.elapsed();
  const done: ObjectEntry[] = [];
  const packed = new Set<Digest>();
  let [bytes, writtenBytes] = [0, 0];
  for (const group of groupsOf(waiting)) {
    if (signal.aborted || platform.clock.elapsed() - began >= forMs) break;
    const digests = group.map(({ digest }) => digest);
    const frozen = await store.freeze(digests, signal);
    for (const digest of frozen.objects) packed.add(digest);
    writtenBytes += frozen.bytes;
    bytes += group.reduce((sum, entry) => sum + entry.bytes, 0);
    done.push(...group);
    const aheadMs = (bytes / bytesPerSecond) * 1000 - (platform.clock.elapsed() - began);
    if (aheadMs > 20) await sleep(aheadMs, undefined, { signal }).catch(() => undefined);
  }
  return {
    dryRun,
    objects: done.filter(({ digest }) => packed.has(digest)),
    writtenBytes,
    damaged: done.filter(({ digest }) => !packed.has(digest)),
    left: waiting.length - done.length,
  };
}

/** The largest first. */
async function coldObjects(
  { state, objects: store, platform }: Project,
  { olderMs = 7 * dayMs, leastBytes = 1 << 20 }: PackOptions,
): Promise<readonly ObjectEntry[]> {
  const nowMs = platform.clock.now();
  const { closureOf } = references(store, state);
  const needed = new Set<Digest>();
  for (const { digests, project } of await neededNow(state, nowMs)) for (const one of await closureOf(digests, project)) needed.add(one);
  return [...store.entries()]
    .filter(({ place, bytes, storedAtMs }) => place === 'file' && bytes >= leastBytes && storedAtMs <= nowMs - olderMs)
    .filter(({ digest }) => !needed.has(digest) && store.canFreeze(digest))
    .toSorted((a, b) => b.bytes - a.bytes);
}

async function neededNow(state: State, nowMs: number): Promise<readonly Pick<Holder, 'project' | 'digests'>[]> {
  const rules = { keep: { runs: 1, days: 0 }, nowMs };
  const places = knownProjects(state);
  const needed: Pick<Holder, 'project' | 'digests'>[] = [...pinHolders(state)];
  for (const name of new Set(places.map((place) => place.name)))
    needed.push(...deploymentHolders(state, name, rules), ...newestHolders(state, name), ...keptRuns(state, name, rules));
  for (const { root, name: project } of places)
    for (const { ref, digests } of (await lockPins(root)) ?? []) if (ref === 'the working tree') needed.push({ project, digests });
  return needed;
}

function* groupsOf(entries: readonly ObjectEntry[]): Generator<readonly ObjectEntry[]> {
  let group: ObjectEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    group.push(entry);
    bytes += entry.bytes;
    if (bytes < groupBytes) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}
