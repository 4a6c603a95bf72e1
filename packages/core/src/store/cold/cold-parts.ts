import type { PieceIndex } from './piece-index.ts';
import type { Recipes } from './recipes.ts';

/** The folder of a store, and what is shared by everything that has to do with pieces. */
export interface ColdParts {
  readonly root: string;
  /** Where the packs lie. */
  readonly folder: string;
  readonly index: PieceIndex;
  readonly recipes: Recipes;
  /** Lets no other process write to the store meanwhile. */
  readonly exclusively: <T>(work: () => T) => T;
}
