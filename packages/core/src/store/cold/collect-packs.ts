import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { ageOf, existsSync, mkdir, readdirSync, rm, statSync, temporaryBeside, unlinkSync } from '../../platform/index.ts';
import { incomingOf } from '../objects/install.ts';
import { type PieceToPack, type WrittenPack, writePacks } from '../packs/write-pack.ts';
import type { ColdParts } from './cold-parts.ts';
import { publishPacks } from './freeze.ts';
import { packPath } from './piece-index.ts';
import { readPieces } from './read-pieces.ts';

export interface CollectedPacks {
  /** Packs that are gone. */
  readonly packs: number;
  /** What that gave back to the disk. */
  readonly bytes: number;
}

/** Which packs go. */
export interface PackRule {
  /** A pack of which less than this share is needed gives way to a new one with the rest. */
  readonly leastLive: number;
  /** Packs that became garbage are kept so long, for somebody may read them. */
  readonly graceMs: number;
}

const whenMostIsGarbage: PackRule = { leastLive: 0.5, graceMs: 3_600_000 };

/** No byte of garbage stays. */
export const whenAnyIsGarbage: PackRule = { leastLive: 1, graceMs: 0 };

/** How often collecting begins anew because meanwhile something was put. */
const attempts = 3;

/**
 * Takes out packs of which no recipe needs anything, and writes what is needed of those that are mostly garbage into new ones. Crash-safe: a pack goes
 * only after what is needed of it is durable elsewhere.
 */
export async function collectPacks(parts: ColdParts, signal?: AbortSignal, rule: PackRule = whenMostIsGarbage): Promise<CollectedPacks> {
  const { folder, index, recipes, exclusively } = parts;
  await index.takeIn();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const seen = namesOf(parts);
    const uses = index.liveBytes(livePieces(parts));
    const going = uses.filter(({ pack, all, live }) => live < all * rule.leastLive && isOld(packPath(folder, pack), rule.graceMs));
    if (going.length === 0) return { packs: 0, bytes: 0 };
    const moved = await movePieces(
      parts,
      going.filter(({ live }) => live > 0).map(({ pack }) => pack),
      signal,
    );
    const bytes = going.reduce((sum, { pack }) => sum + sizeOf(packPath(folder, pack)), 0);
    const isDone = exclusively(() => {
      if (namesOf(parts) !== seen) return false; // what was put meanwhile may count on a pack that is to go
      publishPacks(parts, moved);
      index.remove(going.map(({ pack }) => pack));
      return true;
    });
    for (const { path } of moved) await rm(path, { force: true });
    if (!isDone) continue;
    for (const { pack } of going) if (existsSync(packPath(folder, pack))) unlinkSync(packPath(folder, pack));
    return { packs: going.length, bytes: bytes - moved.reduce((sum, pack) => sum + pack.bytes, 0) };
  }
  return { packs: 0, bytes: 0 };

  function* livePieces({ recipes: all }: Pick<ColdParts, 'recipes'>): Generator<Digest> {
    for (const { digest } of all.entries()) yield* recipes.find(digest)?.pieces ?? [];
  }
}

/** Which recipes there are. */
function namesOf({ folder }: Pick<ColdParts, 'folder'>): string {
  const recipes = join(folder, 'recipes');
  return existsSync(recipes) ? readdirSync(recipes).sort().join() : '';
}

async function movePieces(
  { root, index }: ColdParts,
  packs: readonly Digest[],
  signal: AbortSignal | undefined,
): Promise<readonly (WrittenPack & { readonly path: string })[]> {
  await mkdir(incomingOf(root), { recursive: true });
  async function* pieces(): AsyncGenerator<PieceToPack> {
    for (const pack of packs) {
      const digests = index.livePieces(pack);
      let at = 0;
      for await (const bytes of readPieces(digests, { find: index.find })) {
        const digest = digests[at];
        at += 1;
        if (digest !== undefined) yield { digest, bytes };
      }
    }
  }
  const moved: (WrittenPack & { readonly path: string })[] = [];
  const options = signal === undefined ? {} : { signal };
  for await (const pack of writePacks(() => temporaryBeside(join(incomingOf(root), 'pack')), pieces(), options)) moved.push(pack);
  return moved;
}

function isOld(path: string, graceMs: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || ageOf(found.mtimeMs) >= graceMs;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
