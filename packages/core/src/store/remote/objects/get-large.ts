import type { Digest } from '@tidegate/formats';
import { constants, digestOfBytes, measureFile, open, rm } from '../../../platform/index.ts';
import { isCorrupt } from '../../objects/failures.ts';
import { parseRecipe } from '../../packs/recipe.ts';
import type { FoundObject, IndexView } from '../index/remote-index.ts';
import type { Losses } from './losses.ts';
import type { PackedPlace } from './packed-place.ts';
import { objectFileName } from './pack-name.ts';
import { readPieces } from './read-parts.ts';

export interface GettingLarge {
  readonly place: PackedPlace;
  readonly view: IndexView;
  readonly losses: Losses;
  readonly object: FoundObject;
  /** Where it is put together; what an earlier attempt has left there counts as far as it is right. */
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly onMoved: (bytes: number) => void;
}

type State = 'whole' | 'damaged';

/** Gets an object that is a file of its own to the path. */
export async function getFile({ place, object, path, signal, onMoved }: GettingLarge): Promise<State> {
  try {
    const found = await place.files.download(objectFileName(object.digest), path, { digest: object.digest, signal, onProgress: onMoved });
    return found === null ? 'damaged' : 'whole';
  } catch (error) {
    if (isCorrupt(error)) return 'damaged';
    throw error;
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Puts an object together from its pieces at the path. @throws StaleView, as `losses` says */
export async function getLarge(getting: GettingLarge): Promise<State> {
  const { place, object, path, losses, signal, onMoved } = getting;
  const pieces = await piecesOfRecipe(getting);
  if (pieces === null) return 'damaged';
  {
    await using file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    await file.truncate(object.bytes);
    const wanted = await notYetThere(file, pieces);
    const at = Map.groupBy(wanted, ({ digest }) => digest);
    const once = [...at.values()].flatMap(([first]) => first?.found ?? []);
    const { damaged, gone } = await readPieces(place, once, {
      signal,
      onMoved,
      receive: async ({ digest }, bytes) => {
        for (const { position } of at.get(digest) ?? []) await file.write(bytes, 0, bytes.length, position);
      },
    });
    const unsound = [...damaged, ...losses.among(gone)];
    if (unsound.length > 0) {
      await place.index.noteDamage([...unsound, ...losses.packs()]).catch(() => undefined);
      return 'damaged';
    }
  }
  if ((await measureFile(path)).digest === object.digest) return 'whole';
  await rm(path, { force: true });
  return 'damaged';
}

/** A piece of an object, and where in it. */
export interface PieceAt {
  readonly digest: Digest;
  readonly position: number;
  readonly found: FoundObject;
}

/** The pieces of an object in their order; null when the recipe, or the place of a piece, is not there whole. @throws StaleView */
export async function piecesOfRecipe({
  place,
  view,
  losses,
  object,
  signal,
  onMoved,
}: Omit<GettingLarge, 'path'>): Promise<readonly PieceAt[] | null> {
  let content: Uint8Array | null = null;
  const { gone } = await readPieces(place, [object], { signal, onMoved, receive: async (_, bytes) => void (content = bytes) });
  losses.among(gone);
  const recipe = content === null ? null : parseRecipe(content);
  if (recipe === null || recipe.object !== object.digest || recipe.bytes !== object.bytes) return null;
  const found = await view.chunks(recipe.pieces);
  const pieces: PieceAt[] = [];
  let position = 0;
  for (const digest of recipe.pieces) {
    const piece = found.get(digest);
    if (piece === undefined) return null;
    pieces.push({ digest, position, found: piece });
    position += piece.bytes;
  }
  return position === object.bytes ? pieces : null;
}

const windowBytes = 4 << 20;

/** Those pieces that a file does not have in their place yet. */
async function notYetThere(file: OpenFile, pieces: readonly PieceAt[]): Promise<readonly PieceAt[]> {
  const { blocks, size } = await file.stat();
  if (blocks === 0 && size > 0) return pieces;
  const wanted: PieceAt[] = [];
  const window = Buffer.alloc(windowBytes);
  for (const piece of pieces) {
    const { bytesRead } = await file.read(window, 0, Math.min(piece.found.bytes, windowBytes), piece.position);
    const isThere = bytesRead === piece.found.bytes && digestOfBytes(window.subarray(0, bytesRead)) === piece.digest;
    if (!isThere) wanted.push(piece);
  }
  return wanted;
}
