import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { existsSync, open } from '../../platform/index.ts';
import { corrupt, isCorrupt } from '../objects/failures.ts';
import { install } from '../objects/install.ts';
import { type CollectedPacks, collectPacks, whenAnyIsGarbage } from './collect-packs.ts';
import type { ColdParts } from './cold-parts.ts';
import { freeze, type Frozen, type ObjectToFreeze } from './freeze.ts';
import { pieceIndex } from './piece-index.ts';
import { unfold } from './read-pieces.ts';
import { type Recipes, recipesIn } from './recipes.ts';

/** Objects that lie in pieces, in the folder `packs` of the store: what nothing reads as a whole file. */
export interface ColdObjects extends Pick<Recipes, 'entry' | 'entries' | 'renew' | 'remove'> {
  /** Null when it is not there. */
  readonly lengthOf: (object: Digest) => number | null;
  /** Makes the whole file again, beside which the pieces stay. @returns false when there are no pieces of it. @throws TG-STORE-OBJECT-CORRUPT */
  readonly restore: (object: Digest) => Promise<boolean>;
  /** Reads it from its pieces. One that is damaged is set aside. */
  readonly isSound: (object: Digest) => Promise<boolean>;
  readonly freeze: (objects: readonly ObjectToFreeze[], signal?: AbortSignal) => Promise<Frozen>;
  readonly collect: (signal?: AbortSignal) => Promise<CollectedPacks>;
  /** Takes out every piece that no object needs any more, wherever it lies and however young it is. */
  readonly erase: (signal?: AbortSignal) => Promise<void>;
  readonly [Symbol.dispose]: () => void;
}

export interface ColdOptions extends Pick<ColdParts, 'exclusively'> {
  /** Where the whole file of an object belongs. */
  readonly pathOf: (object: Digest) => string;
}

export function coldObjects(root: string, { pathOf, exclusively }: ColdOptions): ColdObjects {
  const folder = join(root, 'packs');
  const recipes = recipesIn(root, join(folder, 'recipes'));
  const index = pieceIndex(folder);
  const parts: ColdParts = { root, folder, index, recipes, exclusively };

  /** Writes the object somewhere and says whether its bytes are right; null when there are no pieces of it. */
  const unfoldObject = async (object: Digest, write?: (bytes: Uint8Array) => Promise<void>): Promise<boolean | null> => {
    const recipe = recipes.find(object);
    return recipe === null ? null : unfold(recipe, { find: index.find, onLost: index.forget }, write);
  };
  /** A process that was killed, or a machine that lost power, may leave packs that the index does not know. */
  const trying = async (attempt: () => Promise<boolean | null>): Promise<boolean | null> => {
    try {
      return await attempt();
    } catch (error) {
      if (!isCorrupt(error) || !(await index.takeIn())) throw error;
      return attempt();
    }
  };
  return {
    entry: recipes.entry,
    entries: recipes.entries,
    renew: recipes.renew,
    remove: recipes.remove,
    lengthOf: (object) => recipes.entry(object)?.bytes ?? null,
    restore: async (object) => {
      let isThere = false;
      if (recipes.entry(object) === null) return false;
      await install(root, async (temporary) => {
        const isRight = await trying(() => writingTo(temporary, (write) => unfoldObject(object, write)));
        if (isRight === null) return null;
        if (!isRight) throw corrupt(object);
        isThere = true;
        return pathOf(object);
      }).catch((error: unknown) => {
        if (!isCorrupt(error)) throw error;
        recipes.setAside(object);
        throw corrupt(object);
      });
      return isThere;
    },
    isSound: async (object) => {
      const isRight = await trying(() => unfoldObject(object)).catch((error: unknown) => {
        if (isCorrupt(error)) return false;
        throw error;
      });
      if (isRight === false) recipes.setAside(object);
      return isRight === true;
    },
    freeze: (objects, signal) => freeze(parts, objects, signal),
    collect: async (signal) => (existsSync(folder) ? collectPacks(parts, signal) : { packs: 0, bytes: 0 }),
    erase: async (signal) => {
      if (existsSync(folder)) await collectPacks(parts, signal, whenAnyIsGarbage);
    },
    [Symbol.dispose]: () => index[Symbol.dispose](),
  };
}

async function writingTo<T>(path: string, work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>): Promise<T> {
  const handle = await open(path, 'w', 0o444);
  try {
    return await work(async (bytes) => {
      await handle.writeFile(bytes);
    });
  } finally {
    await handle.close();
  }
}
