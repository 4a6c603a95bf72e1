import { type Digest, failure, mayRead, type Zone, zones } from '@tidegate/formats';
import type { Placed } from '../index/placed.ts';
import { remoteIndex, type RemoteIndex, withView } from '../index/remote-index.ts';
import { emptyRoot, type Root } from '../index/root.ts';
import { StaleView } from '../index/stale-view.ts';
import { shardFileName } from '../index/shard-store.ts';
import { objectFileName, packName } from '../objects/pack-name.ts';
import type { Abortable, ListedFile, RemoteFiles } from '../remote-files.ts';
import { followAll, type Live } from './follow.ts';
import { type JudgedRemoteObject, parseGarbageReport, type RemoteGarbageReport } from './garbage-report.ts';
import { readNeeded } from './needed.ts';
import { type Moves, placeKey, rewritePacks } from './rewrite-packs.ts';
import { rootOf, sweep, type Sweeping, type Swept } from './sweep.ts';

export interface RemoteGarbageRequest extends Abortable {
  readonly files: RemoteFiles;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** How long what is garbage stays: a push that was told that it is there has so long to say that it is needed. Default 7 days. */
  readonly graceMs?: number;
  /** Only says what would go. Default false. */
  readonly dryRun?: boolean;
}

const dayMs = 86_400_000;

/**
 * Takes out of a remote what no project needs. In two steps, as in fossil collection (Duplicacy): what nothing needs is condemned, which makes it
 * count as missing; what is condemned for longer than the grace period and still not needed is taken out by a later collection. So it is safe beside any
 * number of pushes, whoever is killed. The one thing that lists files. A server does it by itself, for it sees what it hides from others.
 *
 * @throws TG-STORE-REMOTE-ZONE for a zone that is trusted less than main; TG-STORE-REMOTE when a project's needs cannot be read
 */
export async function collectRemote(request: RemoteGarbageRequest): Promise<RemoteGarbageReport> {
  const { files, zone, nowMs, signal, graceMs = 7 * dayMs, dryRun = false } = request;
  if (!mayRead('main', zone)) throw refused(zone);
  if (files.collect !== undefined) return byServer(files, { graceMs, dryRun, signal });
  const index = remoteIndex(files, { zone, cache: null });
  const place = { files, index, zone, scratch: request.scratch };
  const listed = await listFiles(files, { signal });
  const needed = await readNeeded(files, { nowMs, signal });
  const live = await followAll(place, needed.roots, { signal });
  const report = { dryRun, records: needed.goes, projects: needed.projects, unread: live.unread };
  if (live.unread.length > 0) return { ...report, records: [], objects: [], files: [], rewrittenBytes: 0 };

  const sweeping = (of: Zone, moves: Moves): Sweeping => ({
    zone: of,
    shards: index.shards,
    isLive: (part, digest) => (part === 'objects' ? live.objects.has(digest) : live.chunks.has(digest)),
    ageOf: (entry) => listed.get(entry.as === 'file' ? objectFileName(entry.digest) : packName(of, entry.pack))?.changedAtMs ?? null,
    movedTo: (entry) => moves.get(placeKey(entry)) ?? entry,
    nowMs,
    graceMs,
    signal,
  });
  const objects: JudgedRemoteObject[] = [];
  const used = new Set<string>();
  let rewrittenBytes = 0;
  if (!dryRun)
    await files.remove(
      needed.goes.map(({ name }) => name),
      { signal },
    );
  for (const of of zones) {
    const { root, swept } = await withView(index, { signal }, async ({ roots }) => {
      const found = roots.get(of) ?? emptyRoot;
      return { root: found, swept: await sweep(found, sweeping(of, new Map())) };
    });
    objects.push(...judged(of, swept, live));
    const wasted = mostlyGarbage(of, swept, { listed, before: nowMs - graceMs });
    rewrittenBytes += wasted.bytes;
    if (dryRun) {
      for (const name of namesUsed(of, swept, root)) if (!wasted.packs.has(name)) used.add(name);
      continue;
    }
    const moves = await rewritePacks({ ...place, zone: of }, wasted.entries, { signal });
    await change(
      index,
      of,
      (present) => sweep(present, sweeping(of, moves)),
      (after) => rootOf(after, sweeping(of, moves)),
    );
  }
  if (!dryRun) for (const name of await namesUsedNow(index, { signal })) used.add(name);
  const gone = [...listed.values()].filter(({ name, changedAtMs }) => !used.has(name) && changedAtMs < nowMs - graceMs && !isRoot(name));
  if (!dryRun) {
    await files.remove(
      gone.map(({ name }) => name),
      { signal },
    );
    await files.tidy(nowMs - Math.max(graceMs, dayMs), { signal });
  }
  return { ...report, objects, files: gone, rewrittenBytes };
}

function refused(zone: Zone): Error {
  return failure(
    'TG-STORE-REMOTE-ZONE',
    `Cannot collect garbage in the remote: the run is of the zone "${zone}", which may not`,
    'Run it on the branch of the zone main or release; "zones" under "remote" in tidegate.yaml says which that is',
  );
}

/** A place that hides files does it by itself: who does not see what needs an object cannot call it garbage. */
async function byServer(files: RemoteFiles, request: Parameters<NonNullable<RemoteFiles['collect']>>[0]): Promise<RemoteGarbageReport> {
  const report = parseGarbageReport((await files.collect?.(request)) ?? null);
  if (report !== null) return report;
  throw failure(
    'TG-STORE-REMOTE',
    `Cannot collect garbage in "${files.address}": its server answers in words that are not known here`,
    'Install the newest Tidegate here and on the server',
  );
}

function isRoot(name: string): boolean {
  return name.endsWith('/root.json');
}

async function listFiles(files: RemoteFiles, options: Abortable): Promise<ReadonlyMap<string, ListedFile>> {
  const all = new Map<string, ListedFile>();
  for (const prefix of ['packs/', 'index/', 'objects/']) for await (const file of files.list(prefix, options)) all.set(file.name, file);
  return all;
}

function judged(zone: Zone, { objects }: Swept, live: Live): readonly JudgedRemoteObject[] {
  const told = ({ digest, bytes }: Placed, action: JudgedRemoteObject['action'], why: string): JudgedRemoteObject => ({
    digest,
    zone,
    bytes,
    action,
    why,
  });
  return [
    ...objects.stay.map((entry) => told(entry, 'keep', live.objects.get(entry.digest) ?? 'put within the grace period')),
    ...objects.condemned.map(({ entry, at }) => told(entry, 'condemn', `nothing has needed it since ${at}`)),
    ...objects.removed.map((entry) => told(entry, 'remove', 'nothing needs it')),
  ];
}

interface Wasted {
  readonly packs: ReadonlySet<string>;
  readonly entries: readonly Placed[];
  readonly bytes: number;
}

/** A pack is written anew when less than this part of it is needed. */
const leastNeeded = 0.5;

/** Packs of so few bytes are put together when there are many of them: each costs whoever gets what is in it a request. */
const fewBytes = 4 << 20;
const manyPacks = 16;

function mostlyGarbage(
  zone: Zone,
  swept: Swept,
  { listed, before }: { readonly listed: ReadonlyMap<string, ListedFile>; readonly before: number },
): Wasted {
  const inPacks = [...remaining(swept.objects), ...remaining(swept.chunks)].filter(({ as }) => as !== 'file');
  const byPack = [...Map.groupBy(inPacks, ({ pack }) => packName(zone, pack))].flatMap(([name, entries]) => {
    const file = listed.get(name);
    return file === undefined || file.changedAtMs >= before ? [] : [{ name, entries, size: file.size }];
  });
  const small = byPack.filter(({ size }) => size < fewBytes);
  const wasted = byPack.filter(
    ({ entries, size }) =>
      entries.reduce((sum, { stored }) => sum + stored, 0) < leastNeeded * size || (small.length >= manyPacks && size < fewBytes),
  );
  return {
    packs: new Set(wasted.map(({ name }) => name)),
    entries: wasted.flatMap(({ entries }) => entries),
    bytes: wasted.reduce((sum, { size }) => sum + size, 0),
  };
}

function remaining({ stay, condemned }: Swept['objects']): readonly Placed[] {
  return [...stay, ...condemned.map(({ entry }) => entry)];
}

/** Replaces the root of a zone, as often as somebody adds to it meanwhile. */
async function change(
  index: RemoteIndex,
  zone: Zone,
  look: (root: Root) => Promise<Swept>,
  next: (swept: Swept) => Promise<Root>,
): Promise<void> {
  await index.change(zone, async (root) => {
    const swept = await look(root);
    const isEmpty = [root.objects, root.chunks, root.damaged, root.condemned].every(({ length }) => length === 0);
    return isEmpty ? null : next(swept);
  });
}

function namesUsed(zone: Zone, swept: Swept, root: Root): readonly string[] {
  const placed = [...remaining(swept.objects), ...remaining(swept.chunks)];
  return [...placed.map((entry) => fileOf(zone, entry)), ...shardsIn(root).map((shard) => shardFileName(zone, shard))];
}

function fileOf(zone: Zone, { as, digest, pack }: Placed): string {
  return as === 'file' ? objectFileName(digest) : packName(zone, pack);
}

function shardsIn({ objects, chunks, condemned }: Root): readonly Digest[] {
  const names = [...objects, ...chunks, ...condemned.flatMap((one) => [one.objects, one.chunks])];
  return names.flatMap((name) => (name === null ? [] : [name.shard]));
}

/** Every file that an index names at this moment. */
async function namesUsedNow(index: RemoteIndex, options: Abortable): Promise<ReadonlySet<string>> {
  return withView(index, options, ({ roots }) => namesUsedIn(index, roots, options));
}

async function namesUsedIn(index: RemoteIndex, roots: ReadonlyMap<Zone, Root>, options: Abortable): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const [zone, root] of roots) {
    for (const shard of shardsIn(root)) used.add(shardFileName(zone, shard));
    for (const name of [...root.objects, ...root.chunks]) {
      const shard = await index.shards.load(zone, name, options.signal);
      if (shard === null) throw new StaleView(`Cannot read the shard "${name.shard}" of the index: it is gone`);
      for (const entry of shard.entries()) used.add(fileOf(zone, entry));
    }
  }
  return used;
}
