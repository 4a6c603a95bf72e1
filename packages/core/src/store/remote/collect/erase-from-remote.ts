import { type Digest, failure, mayRead, type Zone, zones } from '@tidegate/formats';
import type { Placed } from '../index/placed.ts';
import { remoteIndex, withView } from '../index/remote-index.ts';
import type { Condemned, Root, ShardName } from '../index/root.ts';
import { StaleView } from '../index/stale-view.ts';
import { objectFileName, packName } from '../objects/pack-name.ts';
import type { PackedPlace } from '../objects/packed-place.ts';
import type { Abortable, RemoteFiles } from '../remote-files.ts';
import { finishErasures, noteErasure } from './erasure-notes.ts';
import { getLargePieces } from './recipe-pieces.ts';
import { type Moves, placeKey, rewritePacks } from './rewrite-packs.ts';

export interface RemoteErasure extends Abortable {
  readonly files: RemoteFiles;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
  readonly digests: ReadonlySet<Digest>;
}

export interface ErasedFromRemote {
  /** Objects that were there and are gone. */
  readonly objects: number;
  /** Packs that were written anew or went, for something of them was to go. */
  readonly packs: number;
}

type Part = 'objects' | 'chunks';

/**
 * Takes objects out of a remote at once, with their bytes: packs that have something of them are written anew, and of long ones the pieces go that no other object
 * has. In this order, so that whoever is killed leaves everything readable that is to stay: new packs, a note of what is to go, the index, the old packs, the note. Nothing
 * but the note names old packs once the index is without them: the next call takes out what notes say.
 *
 * @throws TG-STORE-REMOTE-ZONE for a zone that is trusted less than main, or when a more trusted one than that of the run has such objects; TG-STORE-REMOTE when
 *   a part of the index is gone
 */
export async function eraseFromRemote(request: RemoteErasure): Promise<ErasedFromRemote> {
  const { files, zone, digests, scratch, signal } = request;
  if (!mayRead('main', zone)) throw refused(zone);
  const place: PackedPlace = { files, index: remoteIndex(files, { zone, cache: null }), zone, scratch };
  const all = await withView(place.index, { signal }, async ({ roots }) => {
    const read = new Map<Zone, Entries>();
    for (const [of, root] of roots) read.set(of, await entriesOf(place, of, root, request));
    return read;
  });
  const left = await finishErasures(files, { isNamed: namedIn(all), signal });
  const gone: Gone = { objects: digests, chunks: await piecesToGo(place, all, request) };
  const report = { objects: new Set<Digest>(), packs: left };
  for (const of of zones) {
    const entries = all.get(of);
    if (entries === undefined) continue;
    const going = [
      ...entries.objects.filter(({ digest }) => gone.objects.has(digest)),
      ...entries.chunks.filter(({ digest }) => gone.chunks.has(digest)),
    ];
    if (going.length === 0) continue;
    if (!mayRead(of, zone)) throw refused(zone);
    for (const { digest } of going) if (digests.has(digest)) report.objects.add(digest);
    report.packs += await eraseFromZone(place, of, { entries, going, gone, signal });
  }
  return { objects: report.objects.size, packs: report.packs };
}

type Gone = { readonly [part in Part]: ReadonlySet<Digest> };
type Entries = { readonly [part in Part]: readonly Placed[] };

interface ZoneErasure extends Abortable {
  readonly entries: Entries;
  readonly going: readonly Placed[];
  readonly gone: Gone;
}

async function eraseFromZone(place: PackedPlace, of: Zone, { entries, going, gone, signal }: ZoneErasure): Promise<number> {
  const packs = new Set(going.flatMap(({ as, pack }) => (as === 'file' ? [] : [pack])));
  const staying = [
    ...entries.objects.filter(({ digest }) => !gone.objects.has(digest)),
    ...entries.chunks.filter(({ digest }) => !gone.chunks.has(digest)),
  ];
  const moves = await rewritePacks(
    { ...place, zone: of },
    staying.filter(({ as, pack }) => as !== 'file' && packs.has(pack)),
    { signal },
  );
  const single = going.flatMap(({ as, digest }) => (as === 'file' ? [objectFileName(digest)] : []));
  const note = await noteErasure(place.files, [...[...packs].map((pack) => packName(of, pack)), ...single], { signal });
  let used = new Set<Digest>();
  await place.index.change(
    of,
    async (root) => {
      const next = await rootWithout(root, { place, of, gone, moves, signal });
      used = new Set([...next.entries.objects, ...next.entries.chunks].map(({ pack }) => pack));
      return next.root;
    },
    { signal },
  );
  const old = [...packs].filter((pack) => !used.has(pack)).map((pack) => packName(of, pack));
  await place.files.remove([...old, ...single], { signal, everyVersion: true });
  await place.files.remove([note], { signal });
  return old.length;
}

/** Whether the index of any zone names a file. */
function namedIn(all: ReadonlyMap<Zone, Entries>): (name: string) => boolean {
  const named = new Set<string>();
  for (const [of, { objects, chunks }] of all)
    for (const { as, digest, pack } of [...objects, ...chunks]) named.add(as === 'file' ? objectFileName(digest) : packName(of, pack));
  return (name) => named.has(name);
}

interface Without extends Abortable {
  readonly place: PackedPlace;
  readonly of: Zone;
  readonly gone: Gone;
  readonly moves: Moves;
}

/** The index of a zone as it is at this moment, without what is gone and with the new places of what was moved. */
async function rootWithout(
  root: Root,
  { place, of, gone, moves, signal }: Without,
): Promise<{ readonly root: Root; readonly entries: Entries }> {
  const moved = (entry: Placed): Placed => moves.get(placeKey(entry)) ?? entry;
  const leftOf = async (names: readonly ShardName[], part: Part): Promise<readonly Placed[]> => {
    const found: Placed[] = [];
    for (const name of names) found.push(...(await loadEntries(place, of, name, signal)));
    return found.filter(({ digest }) => !gone[part].has(digest)).map(moved);
  };
  const put = async (entries: readonly Placed[]): Promise<readonly ShardName[]> =>
    entries.length === 0 ? [] : [await place.index.shards.put(of, entries, signal)];
  const entries: Entries = { objects: await leftOf(root.objects, 'objects'), chunks: await leftOf(root.chunks, 'chunks') };
  const condemned: Condemned[] = [];
  for (const one of root.condemned) {
    const [objects = null] = await put(one.objects === null ? [] : await leftOf([one.objects], 'objects'));
    const [chunks = null] = await put(one.chunks === null ? [] : await leftOf([one.chunks], 'chunks'));
    if (objects !== null || chunks !== null) condemned.push({ at: one.at, objects, chunks });
  }
  return { entries, root: { ...root, objects: await put(entries.objects), chunks: await put(entries.chunks), condemned } };
}

/** Pieces of the long ones among the objects that no other object in any zone has. */
async function piecesToGo(
  place: PackedPlace,
  all: ReadonlyMap<Zone, Entries>,
  { digests, signal }: RemoteErasure,
): Promise<ReadonlySet<Digest>> {
  const recipes = [...all].flatMap(([zone, { objects }]) =>
    objects.filter(({ as }) => as === 'recipe').map((entry) => ({ ...entry, zone, isCondemned: false })),
  );
  const going = recipes.filter(({ digest }) => digests.has(digest));
  if (going.length === 0) return new Set();
  const needed = await getLargePieces(
    place,
    recipes.filter(({ digest }) => !digests.has(digest)),
    { signal },
  );
  return new Set([...(await getLargePieces(place, going, { signal }))].filter((piece) => !needed.has(piece)));
}

async function entriesOf(place: PackedPlace, of: Zone, root: Root, { signal }: Abortable): Promise<Entries> {
  const read = async (names: readonly ShardName[]): Promise<readonly Placed[]> =>
    (await Promise.all(names.map((name) => loadEntries(place, of, name, signal)))).flat();
  return { objects: await read(root.objects), chunks: await read(root.chunks) };
}

async function loadEntries({ index }: PackedPlace, of: Zone, name: ShardName, signal: AbortSignal | undefined): Promise<readonly Placed[]> {
  const shard = await index.shards.load(of, name, signal);
  if (shard === null) throw new StaleView(`Cannot read the shard "${name.shard}" of the index: it is gone`);
  return [...shard.entries()];
}

function refused(zone: Zone): Error {
  return failure(
    'TG-STORE-REMOTE-ZONE',
    `Cannot erase objects in the remote: the run is of the zone "${zone}", which may not, or not all of them`,
    'Run the same command on the branch of the zone main or release; "zones" under "remote" in tidegate.yaml says which that is',
  );
}
