import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { cutFile, existsSync, mkdir, mkdirSync, open, renameSync, rm, syncFolder, temporaryBeside } from '../../platform/index.ts';
import { isCorrupt, storing } from '../objects/failures.ts';
import { incomingOf } from '../objects/install.ts';
import type { Recipe } from '../packs/recipe.ts';
import { type PieceToPack, type WrittenPack, writePacks } from '../packs/write-pack.ts';
import type { ColdParts } from './cold-parts.ts';
import { packPath, type PiecePlace } from './piece-index.ts';
import { type PieceSearch, unfold } from './read-pieces.ts';

/** An object whose whole file is to give way to pieces. */
export interface ObjectToFreeze {
  readonly digest: Digest;
  /** Its file, as it lies in the store. */
  readonly path: string;
  /** Called while nobody else can write to the store, once its pieces are durable and were read back. */
  readonly removeFile: () => void;
}

export interface Frozen {
  /** Objects that lie in pieces now. The others are damaged, or something of their pieces is: they stay as they are. */
  readonly objects: readonly Digest[];
  /** What was written for them. */
  readonly bytes: number;
}

type FreshPack = WrittenPack & { readonly path: string };

/**
 * Turns objects into pieces. Crash-safe: packs and recipes are durable and every object was read back from them before its file goes, and what is left
 * on the way is either unfinished and removed by the next command, or pieces that nothing refers to, which garbage collection takes.
 *
 * @throws TG-STORE-DISK-FULL and what else writing throws
 */
export async function freeze(parts: ColdParts, objects: readonly ObjectToFreeze[], signal?: AbortSignal): Promise<Frozen> {
  const packs: FreshPack[] = [];
  try {
    for (;;) {
      const removals = parts.index.removals();
      const { recipes, packs: fresh } = await cutAndPack(parts, objects, signal);
      packs.push(...fresh);
      const sound = await soundRecipes(parts, recipes, fresh);
      const publish = await Promise.all(sound.map(parts.recipes.prepare));
      const isDone = parts.exclusively(() => {
        if (parts.index.removals() !== removals) return false; // a pack that was counted on may be gone: begin anew
        publishPacks(parts, fresh);
        for (const put of publish) put();
        const frozen = new Set(sound.map(({ object }) => object));
        for (const { digest, removeFile } of objects) if (frozen.has(digest)) removeFile();
        return true;
      });
      if (isDone) return { objects: sound.map(({ object }) => object), bytes: fresh.reduce((sum, { bytes }) => sum + bytes, 0) };
    }
  } catch (error) {
    throw storing(parts.root, error);
  } finally {
    for (const { path } of packs) await rm(path, { force: true });
  }
}

async function cutAndPack(
  { root, index }: ColdParts,
  objects: readonly ObjectToFreeze[],
  signal: AbortSignal | undefined,
): Promise<{ readonly recipes: readonly Recipe[]; readonly packs: readonly FreshPack[] }> {
  const incoming = join(incomingOf(root), 'pack');
  await mkdir(incomingOf(root), { recursive: true });
  const options = signal === undefined ? {} : { signal };
  const recipes: Recipe[] = [];
  const fresh = new Set<Digest>();
  async function* newPieces(): AsyncGenerator<PieceToPack> {
    for (const { digest: object, path } of objects) {
      const pieces: Digest[] = [];
      const file = await open(path, 'r');
      try {
        let length = 0;
        for await (const { digest, offset, bytes } of cutFile(path, options)) {
          pieces.push(digest);
          length = offset + bytes;
          if (fresh.has(digest) || index.find(digest) !== null) continue;
          fresh.add(digest);
          const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, offset);
          yield { digest, bytes: buffer.subarray(0, bytesRead) };
        }
        recipes.push({ object, bytes: length, pieces });
      } finally {
        await file.close();
      }
    }
  }
  const packs: FreshPack[] = [];
  for await (const pack of writePacks(() => temporaryBeside(incoming), newPieces(), options)) packs.push(pack);
  return { recipes, packs };
}

/** Those recipes that make their object from what lies in packs, read from the disk. */
async function soundRecipes({ index }: ColdParts, recipes: readonly Recipe[], packs: readonly FreshPack[]): Promise<readonly Recipe[]> {
  const fresh = new Map<Digest, PiecePlace>(
    packs.flatMap(({ path, entries }) => entries.map((entry): [Digest, PiecePlace] => [entry.digest, { path, entry }])),
  );
  const find = (piece: Digest): PiecePlace | null => fresh.get(piece) ?? index.find(piece);
  const sound: Recipe[] = [];
  for (const recipe of recipes) if (await isSound(recipe, { find, onLost: index.forget })) sound.push(recipe);
  return sound;
}

/** A piece that was counted on may be lost; the index has forgotten it then. */
async function isSound(recipe: Recipe, search: PieceSearch): Promise<boolean> {
  try {
    return await unfold(recipe, search);
  } catch (error) {
    if (isCorrupt(error)) return false;
    throw error;
  }
}

/** Gives packs their final names and tells where their pieces are. */
export function publishPacks({ folder, index }: Pick<ColdParts, 'folder' | 'index'>, packs: readonly FreshPack[]): void {
  if (packs.length === 0) return;
  mkdirSync(folder, { recursive: true });
  for (const { path, digest } of packs) if (!existsSync(packPath(folder, digest))) renameSync(path, packPath(folder, digest));
  syncFolder(folder);
  index.add(packs);
}
