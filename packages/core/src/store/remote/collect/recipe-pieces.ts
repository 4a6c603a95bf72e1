import type { Digest } from '@tidegate/formats';
import { parseRecipe } from '../../packs/recipe.ts';
import type { FoundObject } from '../index/remote-index.ts';
import type { PackedPlace } from '../objects/packed-place.ts';
import { readPieces } from '../objects/read-parts.ts';
import type { Abortable } from '../remote-files.ts';

/** The pieces of these long objects, each once; a recipe that cannot be read has none. */
export async function getLargePieces(
  place: PackedPlace,
  objects: readonly FoundObject[],
  { signal }: Abortable,
): Promise<ReadonlySet<Digest>> {
  const pieces = new Set<Digest>();
  await readPieces(place, objects, {
    signal,
    onMoved: () => {},
    receive: async (_, bytes) => {
      for (const piece of parseRecipe(bytes)?.pieces ?? []) pieces.add(piece);
    },
  });
  return pieces;
}
