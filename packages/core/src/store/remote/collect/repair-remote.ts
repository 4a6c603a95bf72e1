import { type Digest, digestOfHex, failure, mayRead, TidegateError, type Zone, zones } from '@tidegate/formats';
import { parseRecipe } from '../../packs/recipe.ts';
import type { Placed } from '../index/placed.ts';
import { type FoundObject, remoteIndex, type RemoteIndex } from '../index/remote-index.ts';
import type { Root, ShardName } from '../index/root.ts';
import { shardFileName } from '../index/shard-store.ts';
import { isRecordOfOurs, longestRecord } from '../objects/pieces-of.ts';
import { readPieces } from '../objects/read-parts.ts';
import type { Abortable, RemoteFiles } from '../remote-files.ts';
import { getLargePieces } from './recipe-pieces.ts';
import { readPackEnd } from './read-pack-end.ts';

export interface RepairRequest extends Abortable {
  readonly files: RemoteFiles;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
  /** Only says what is lost. Default false. */
  readonly dryRun?: boolean;
  /** Told of bytes as they are read. Default: nobody is told. */
  readonly onProgress?: (bytes: number) => void;
}

/** What became of the index of one zone. */
export interface RepairedZone {
  readonly zone: Zone;
  /** Shards that were gone or damaged. */
  readonly lost: readonly Digest[];
  /** Objects that were found again in packs and files. */
  readonly objects: number;
  /** Pieces of long objects that were. */
  readonly pieces: number;
  /** Packs whose end could not be read, so that nothing is known of what is in them. */
  readonly unread: readonly string[];
  /** Whether the zone of the run may repair it. */
  readonly isAllowed: boolean;
}

/**
 * Makes the shards of an index anew that are gone or damaged, from what the packs say themselves: which of their pieces are records and recipes is seen by reading
 * those that no other shard names. May run beside pushes, collections, erasures and other repairs. What garbage collection had called garbage counts again until the next one; nothing else is different. What is sound is not read.
 */
export async function repairRemote(request: RepairRequest): Promise<readonly RepairedZone[]> {
  const all: RepairedZone[] = [];
  for (const zone of zones) {
    const repaired = await repairInTries(request, zone);
    if (repaired !== null) all.push(repaired);
  }
  return all;
}

const mostTries = 5;

/** Null for a zone of which nothing is lost. @throws TG-STORE-REMOTE when others change the index all the while */
async function repairInTries(request: RepairRequest, zone: Zone): Promise<RepairedZone | null> {
  for (let tried = 1; ; tried++) {
    const repaired = await repairOnce(request, zone);
    if (repaired !== 'changed') return repaired;
    if (tried === mostTries) throw changing(request.files.address);
  }
}

/** `changed` when somebody else has written the index anew meanwhile, so that what was found may not lie there any more. */
async function repairOnce(request: RepairRequest, zone: Zone): Promise<RepairedZone | null | 'changed'> {
  const { files, zone: own, dryRun = false, signal } = request;
  const index = remoteIndex(files, { zone: own, cache: null });
  const look = async (): Promise<Root | undefined> => (await index.look({ signal })).roots.get(zone);
  const root = await look();
  const lost = root === undefined ? [] : await lostShards(index, zone, root);
  if (lost.length === 0 || root === undefined) return null;
  if (!namesAll(await look(), lost)) return 'changed'; // garbage collection has put others in their place
  const isAllowed = mayRead(zone, own);
  const none = { zone, lost, objects: 0, pieces: 0, unread: [], isAllowed };
  if (dryRun || !isAllowed) return none;
  const found = await repairZone(index, { ...request, root, of: zone, lost: new Set(lost) });
  return found === null ? 'changed' : { ...none, ...found };
}

function namesAll(root: Root | undefined, shards: readonly Digest[]): boolean {
  const named = new Set(root === undefined ? [] : shardsIn(root).map(({ shard }) => shard));
  return shards.every((shard) => named.has(shard));
}

function changing(address: string): Error {
  return failure(
    'TG-STORE-REMOTE',
    `Cannot repair the index of "${address}": others write it anew all the while`,
    'Call it again when no garbage collection and no other repair is under way',
  );
}

async function lostShards(index: RemoteIndex, zone: Zone, root: Root): Promise<readonly Digest[]> {
  const lost: Digest[] = [];
  for (const name of shardsIn(root)) if ((await loaded(index, zone, name)) === null) lost.push(name.shard);
  return [...new Set(lost)];
}

function shardsIn({ objects, chunks, condemned }: Root): readonly ShardName[] {
  return [...objects, ...chunks, ...condemned.flatMap((one) => [one.objects, one.chunks])].filter((name) => name !== null);
}

/** The entries of a shard; null for one that is gone or damaged. */
async function loaded(index: RemoteIndex, zone: Zone, name: ShardName): Promise<readonly Placed[] | null> {
  try {
    const shard = await index.shards.load(zone, name, undefined);
    return shard === null ? null : [...shard.entries()];
  } catch (error) {
    if (error instanceof TidegateError && error.diagnostics[0].code === 'TG-STORE-REMOTE') return null;
    throw error;
  }
}

interface ZoneToRepair extends RepairRequest {
  readonly of: Zone;
  readonly root: Root;
  readonly lost: ReadonlySet<Digest>;
}

/**
 * Who writes an index anew (a collection, an erasure, another repair) needs every shard of it: while the root names the lost ones none of them has, and what the packs have is
 * there. Null when it does not any more.
 */
async function repairZone(index: RemoteIndex, zone: ZoneToRepair): Promise<Pick<RepairedZone, 'objects' | 'pieces' | 'unread'> | null> {
  const { of, lost, signal } = zone;
  const known = await knownEntries(index, zone);
  const found = await entriesInPacks(zone, known);
  const objects = [...found.objects, ...(await objectFiles(zone, known))];
  const { root: before } = zone;
  const now = remoteIndex(zone.files, { zone: zone.zone, cache: null });
  if ((await lostShards(now, of, before)).filter((shard) => lost.has(shard)).length < lost.size) return null; // another repair was faster
  let isStill = true;
  // one of the same entries has the same name, and is not written where a damaged one lies
  await zone.files.remove(
    [...lost].map((shard) => shardFileName(of, shard)),
    { signal },
  );
  await index.change(
    of,
    async (present) => {
      isStill = namesAll(present, [...lost]);
      if (!isStill) return null;
      const isThere = ({ shard }: ShardName): boolean => !lost.has(shard);
      const putAll = async (entries: readonly Placed[], names: readonly ShardName[]): Promise<readonly ShardName[]> => {
        const left = names.filter(isThere);
        return entries.length === 0 ? left : [...left, await index.shards.put(of, entries, signal)];
      };
      const without = (name: ShardName | null): ShardName | null => (name === null || isThere(name) ? name : null);
      return {
        ...present,
        objects: await putAll(objects, present.objects),
        chunks: await putAll(found.chunks, present.chunks),
        condemned: present.condemned.map((one) => ({ at: one.at, objects: without(one.objects), chunks: without(one.chunks) })),
      };
    },
    { signal },
  );
  return isStill ? { objects: objects.length, pieces: found.chunks.length, unread: found.unread } : null;
}

/** What the shards say that are there. */
interface Known {
  /** Where something lies, as `placeOf` tells it. */
  readonly places: ReadonlySet<string>;
  readonly files: ReadonlySet<Digest>;
  /** Recipes. */
  readonly large: readonly FoundObject[];
}

function placeOf({ pack, offset }: Pick<Placed, 'pack' | 'offset'>): string {
  return `${pack} ${offset}`;
}

async function knownEntries(index: RemoteIndex, { of, root }: ZoneToRepair): Promise<Known> {
  const [places, files, large] = [new Set<string>(), new Set<Digest>(), [] as FoundObject[]];
  for (const name of [...root.objects, ...root.chunks])
    for (const entry of (await loaded(index, of, name)) ?? []) {
      if (entry.as === 'file') files.add(entry.digest);
      else places.add(placeOf(entry));
      if (entry.as === 'recipe') large.push({ ...entry, zone: of, isCondemned: false });
    }
  return { places, files, large };
}

interface FoundEntries {
  readonly objects: readonly Placed[];
  readonly chunks: readonly Placed[];
  readonly unread: readonly string[];
}

const openingBrace = 0x7b;

/** Pieces that no shard names are read. One that a recipe names may be an object of its own all the same, and counts as both. */
async function entriesInPacks(zone: ZoneToRepair, { places, large }: Known): Promise<FoundEntries> {
  const { files, of, signal, onProgress = () => {} } = zone;
  const index = remoteIndex(files, { zone: zone.zone, cache: null });
  const named = new Set<Digest>(await getLargePieces({ files, index, zone: of, scratch: zone.scratch }, large, { signal }));
  const [wholes, recipes, unread]: [Placed[], { readonly placed: Placed; readonly first: Digest | undefined }[], string[]] = [[], [], []];
  const opening = new Map<Digest, boolean>();
  for await (const file of files.list(`packs/${of}/`, { signal })) {
    signal?.throwIfAborted();
    const pack = packIn(file.name);
    const entries = pack === null ? null : await readPackEnd(files, file, { signal });
    if (pack === null || entries === null) {
      unread.push(file.name);
      continue;
    }
    const missed = entries
      .filter((entry) => !places.has(placeOf({ ...entry, pack })))
      .map((entry): FoundObject => ({ ...entry, as: 'piece', pack, isRecord: false, zone: of, isCondemned: false }));
    await readPieces({ files }, missed, {
      signal,
      onMoved: onProgress,
      receive: async (piece, bytes) => {
        const recipe = parseRecipe(bytes);
        opening.set(piece.digest, bytes[0] === openingBrace);
        if (recipe === null) wholes.push({ ...piece, isRecord: isRecordOfOurs(bytes) });
        else {
          for (const one of recipe.pieces) named.add(one);
          const placed: Placed = { ...piece, digest: recipe.object, as: 'recipe', bytes: recipe.bytes };
          recipes.push({ placed, first: recipe.pieces[0] });
        }
      },
    });
  }
  // one that may be a record is held for one: garbage collection looks into it, and finds nothing at worst
  const mayBeRecord = (bytes: number, first: Digest | undefined): boolean =>
    bytes <= longestRecord && (first === undefined ? false : (opening.get(first) ?? true));
  return {
    objects: [...recipes.map(({ placed, first }) => ({ ...placed, isRecord: mayBeRecord(placed.bytes, first) })), ...wholes],
    chunks: wholes.filter(({ digest }) => named.has(digest)).map((entry) => ({ ...entry, isRecord: false })),
    unread,
  };
}

function packIn(name: string): Digest | null {
  const [, first = '', rest = ''] = /\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(name) ?? [];
  return first === '' ? null : digestOfHex(first + rest);
}

/** Objects that are files of their own, by their names: `verifyRemote` holds them against their bytes. */
async function objectFiles({ files, signal }: ZoneToRepair, known: Known): Promise<readonly Placed[]> {
  const found: Placed[] = [];
  for await (const { name, size } of files.list('objects/', { signal })) {
    const digest = packIn(name);
    if (digest === null || known.files.has(digest)) continue;
    found.push({ digest, as: 'file', pack: digest, offset: 0, stored: 0, bytes: size, codec: 'raw', isRecord: false });
  }
  return found;
}
