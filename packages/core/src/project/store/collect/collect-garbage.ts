import type { Digest } from '@tidegate/formats';
import type { OldEnvironment } from '../../../commands/index.ts';
import {
  type CollectedPacks,
  type FolderObjectStore,
  type Home,
  type ObjectEntry,
  type References,
  references,
  renewedAfterMs,
  type State,
} from '../../../store/index.ts';
import { type Budget, giveWay } from './budget.ts';
import { type Holder, otherHolders, pinHolders } from './holders.ts';
import { type JudgedProject, judgeProjects } from './judge-projects.ts';
import { type EvictedResult, evictResults, forgetRuns, forgetUnreachable } from './evict.ts';
import type { JudgedResult } from './kept-results.ts';
import { livingRuns } from './kept-runs.ts';
import { forgetGoneFolders } from './forget-gone-folders.ts';
import { forgetDeadHolds, livingHolds } from './holds.ts';
import { forgetGoneProjects } from './known-projects.ts';
import { removeOldLeftovers } from './old-leftovers.ts';
import { dayMs, type Retention } from './retention.ts';
import { removeUnusedEnvironments } from './unused-environments.ts';

export interface GarbageRequest {
  readonly store: FolderObjectStore;
  readonly state: State;
  readonly home: Home;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** What is younger stays. Default one day. */
  readonly graceMs?: number;
  /** In the place of what the projects say. */
  readonly keep?: Partial<Retention>;
  /** The store is to be no larger than this: results that were used longest ago go as well, but nothing that is pinned, live, young or newest. Null = no limit. */
  readonly keepBytes?: number | null;
  /** Only says what would go. Default false. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** One object, and why it stays or goes. */
export interface JudgedObject extends ObjectEntry {
  readonly action: 'keep' | 'remove';
  readonly why: string;
}

export interface GarbageReport {
  readonly dryRun: boolean;
  readonly objects: readonly JudgedObject[];
  /** Results taken out of the cache. */
  readonly results: readonly EvictedResult[];
  /** Records of runs taken out of the history. */
  readonly runs: readonly string[];
  /** Files of pieces that are gone because no object needs them any more. */
  readonly packs: CollectedPacks;
  /** Virtual environments, and libraries of R, that no lock file names and nothing has used for long. */
  readonly environments: readonly OldEnvironment[];
  /** Projects whose lock files could not be read: all their results were kept. */
  readonly unread: readonly string[];
}

/** Objects that are taken out in one go; for as long nobody else can put any. */
const removedAtOnce = 200;

/**
 * Takes out of the store what nothing needs any more. Crash-safe: results go first, in one transaction that leaves a tombstone for each, then
 * objects that nothing leads to. Safe beside runs: the protocol is in docs/explanation/garbage-collection.md.
 */
export async function collectGarbage(request: GarbageRequest): Promise<GarbageReport> {
  const { store, state, nowMs, graceMs = dayMs, dryRun = false } = request;
  const led = references(store, state);
  const judged = await judgeProjects({ state, nowMs, graceMs, keep: request.keep ?? {} });
  const held = livingHolds(state);
  const holders = [...judged.flatMap((project) => project.holders), ...pinHolders(state), ...otherHolders(state), ...held];
  const entries = [...store.entries()];
  const budget: Budget = { limit: request.keepBytes ?? null, entries, holders, closureOf: led.closureOf };
  const given = await giveWay(judged, budget);
  const wanted = given.flatMap((project) => evictionsOf(project));
  const evicted = dryRun ? wanted : evictResults(state, wanted, nowMs);
  const gone = new Set(evicted.map(({ key }) => key));

  const kept = await whyKept([...holders, ...given.flatMap((project) => holdersOf(project, gone))], led.closureOf);
  const goneBy = await whyKept(evicted.map(goneWith), led.closureOf);
  const known = new Set(held.map(({ id }) => id));
  const isKnown = (): boolean => livingHolds(state).every(({ id }) => known.has(id)); // what somebody holds since was not looked into
  const before = (): number => (isKnown() ? staleBefore(state, { nowMs, graceMs }) : 0);
  const limit = before();
  const objects = entries.map((entry): JudgedObject => {
    const why = kept.get(entry.digest) ?? (entry.storedAtMs >= limit ? 'stored within the grace period' : null);
    return why === null
      ? { ...entry, action: 'remove', why: goneBy.get(entry.digest) ?? 'nothing refers to it' }
      : { ...entry, action: 'keep', why };
  });
  const results = evicted.map(({ key, project, step, run, why }) => ({ key, project, step, run, why }));
  const environments = await removeUnusedEnvironments({ ...request, graceMs, dryRun, keep: request.keep ?? {} });
  const report = { dryRun, results, environments, unread: judged.flatMap(({ name, isRead }) => (isRead ? [] : [name])) };
  const runs = given.flatMap((project) => project.oldRuns);
  if (dryRun) return { ...report, objects, runs, packs: { packs: 0, bytes: 0 } };

  forgetUnreachable(state, { isKept: (digest) => kept.has(digest), before: limit });
  await removeOldLeftovers(request);
  const removed = removeObjects(request, objects, before);
  const forgotten = forgetRuns(state, runs);
  forgetGoneProjects(state, nowMs);
  forgetGoneFolders(state);
  forgetDeadHolds(state);
  const packs = await store.collectPacks(request.signal);
  store.shrink();
  return { ...report, packs, objects: objects.filter((object) => object.action === 'keep' || removed.has(object)), runs: forgotten };
}

function evictionsOf({ results }: JudgedProject): readonly (JudgedResult & { readonly why: string })[] {
  return results.flatMap((result) => (result.keptFor === null ? [{ ...result, why: 'no run under retention uses it' }] : []));
}

function holdersOf({ runs, results }: JudgedProject, gone: ReadonlySet<Digest>): readonly Holder[] {
  const kept = results.filter(({ key }) => !gone.has(key));
  return [...kept.map(({ keptFor, project, digests }) => ({ why: keptFor ?? 'a run began meanwhile', project, digests })), ...runs];
}

function goneWith({ project, step, digests }: JudgedResult): Holder {
  return { why: `only results of ${step} in ${project} referred to it, which go too`, project, digests };
}

/** Why each object is held, by the first that holds it. */
async function whyKept(holders: readonly Holder[], closureOf: References['closureOf']): Promise<ReadonlyMap<Digest, string>> {
  const kept = new Map<Digest, string>();
  for (const { why, project, digests } of holders)
    for (const digest of await closureOf(digests, project)) if (!kept.has(digest)) kept.set(digest, why);
  return kept;
}

/** What a run has put, or found again, since it began is not garbage, whether or not anything refers to it yet. */
function staleBefore(state: State, { nowMs, graceMs }: { readonly nowMs: number; readonly graceMs: number }): number {
  const begun = livingRuns(state).map(({ startedAtMs }) => startedAtMs - renewedAfterMs);
  return Math.min(nowMs - graceMs, ...begun);
}

function removeObjects(
  { store, signal }: GarbageRequest,
  objects: readonly JudgedObject[],
  before: () => number,
): ReadonlySet<JudgedObject> {
  const going = objects.filter(({ action }) => action === 'remove');
  const removed = new Set<string>();
  for (let at = 0; at < going.length; at += removedAtOnce) {
    signal?.throwIfAborted();
    const digests = new Set(going.slice(at, at + removedAtOnce).map(({ digest }) => digest));
    for (const { digest, place } of store.removeOlder([...digests], before)) removed.add(`${place} ${digest}`);
  }
  return new Set(going.filter(({ digest, place }) => removed.has(`${place} ${digest}`)));
}
