import { join } from 'node:path';
import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import {
  beginningOf,
  existsSync,
  mkdir,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  syncFolder,
  temporaryBeside,
  touch,
  unlinkSync,
  writeFile,
} from '../../platform/index.ts';
import { incomingOf } from '../objects/install.ts';
import type { ObjectEntry } from '../objects/object-store.ts';
import { setAside } from '../objects/set-aside.ts';
import { headBytes, parseRecipe, parseRecipeHead, type Recipe, recipeBytes } from '../packs/recipe.ts';

/** The recipes of a store, each a file named like its object. */
export interface Recipes {
  /** Null when there is none. One that is damaged is set aside, so that its object counts as missing. */
  readonly find: (object: Digest) => Recipe | null;
  readonly entry: (object: Digest) => ObjectEntry | null;
  readonly entries: () => Generator<ObjectEntry>;
  /** Writes one beside its final name; it counts once what is returned was called, which takes no time. */
  readonly prepare: (recipe: Recipe) => Promise<() => void>;
  /** Makes it as young as one that was written just now. @returns false when it is not there */
  readonly renew: (object: Digest) => boolean;
  /** @returns false when it is not there */
  readonly remove: (object: Digest) => boolean;
  readonly setAside: (object: Digest) => void;
}

export function recipesIn(root: string, folder: string): Recipes {
  const pathOf = (object: Digest): string => join(folder, hexOf(object));
  const find: Recipes['find'] = (object) => {
    if (!existsSync(pathOf(object))) return null;
    const recipe = parseRecipe(readFileSync(pathOf(object)));
    if (recipe?.object === object) return recipe;
    setAside(pathOf(object));
    return null;
  };
  const entry: Recipes['entry'] = (object) => {
    const found = statSync(pathOf(object), { throwIfNoEntry: false });
    if (found === undefined) return null;
    const head = parseRecipeHead(beginningOf(pathOf(object), headBytes));
    return head?.object === object ? { digest: object, bytes: head.bytes, storedAtMs: found.mtimeMs, place: 'pack' } : null;
  };
  return {
    find,
    entry,
    entries: function* () {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const found = /^[0-9a-f]{64}$/.test(name) ? entry(digestOfHex(name)) : null;
        if (found !== null) yield found;
      }
    },
    prepare: async (recipe) => {
      const temporary = temporaryBeside(join(incomingOf(root), 'recipe'));
      await mkdir(incomingOf(root), { recursive: true });
      await writeFile(temporary, recipeBytes(recipe), { flag: 'wx', mode: 0o444, flush: true });
      return () => {
        mkdirSync(folder, { recursive: true });
        renameSync(temporary, pathOf(recipe.object));
        syncFolder(folder);
      };
    },
    renew: (object) => touch(pathOf(object)),
    remove: (object) => {
      if (!existsSync(pathOf(object))) return false;
      unlinkSync(pathOf(object));
      return true;
    },
    setAside: (object) => setAside(pathOf(object)),
  };
}
