import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { digestOfBytes, mkdir, rm, temporaryBeside } from '../../../platform/index.ts';
import { type PieceToPack, writePacks } from '../../packs/write-pack.ts';
import type { Placed } from '../index/placed.ts';
import { packName } from '../objects/pack-name.ts';
import type { PackedPlace } from '../objects/packed-place.ts';
import { readPieces } from '../objects/read-parts.ts';
import { partsOf } from '../objects/ranges.ts';
import type { Abortable } from '../remote-files.ts';

/** What moved where, by `key`. */
export type Moves = ReadonlyMap<string, Placed>;

export function placeKey({ digest, pack }: Pick<Placed, 'digest' | 'pack'>): string {
  return `${digest} ${pack}`;
}

/**
 * Writes what is still needed of packs into new ones. Each piece is checked on the way; one that is damaged stays where it is. Memory holds one part at
 * a time.
 */
export async function rewritePacks(place: PackedPlace, entries: readonly Placed[], options: Abortable): Promise<Moves> {
  const moves = new Map<string, Placed>();
  const waiting = new Map<Digest, Placed[]>();
  async function* pieces(): AsyncGenerator<PieceToPack> {
    for (const part of partsOf(entries.map((entry) => ({ ...entry, zone: place.zone, isCondemned: false })))) {
      options.signal?.throwIfAborted();
      const read: PieceToPack[] = [];
      await readPieces(place, part.pieces, {
        signal: options.signal,
        onMoved: () => {},
        receive: async (entry, bytes) => {
          const digest = digestOfBytes(bytes);
          waiting.set(digest, [...(waiting.get(digest) ?? []), entry]);
          read.push({ digest, bytes });
        },
      });
      yield* read.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
    }
  }
  await mkdir(place.scratch, { recursive: true });
  const nextPath = (): string => temporaryBeside(join(place.scratch, 'pack'));
  for await (const pack of writePacks(nextPath, pieces(), options.signal === undefined ? {} : { signal: options.signal })) {
    try {
      await place.files.write(packName(place.zone, pack.digest), pack.path, {
        digest: pack.digest,
        onlyIf: 'absent',
        signal: options.signal,
      });
    } finally {
      await rm(pack.path, { force: true });
    }
    for (const { digest, offset, stored, codec } of pack.entries)
      for (const { digest: object, as, bytes, isRecord, pack: from } of waiting.get(digest) ?? [])
        moves.set(placeKey({ digest: object, pack: from }), {
          digest: object,
          as,
          pack: pack.digest,
          offset,
          stored,
          bytes,
          codec,
          isRecord,
        });
  }
  return moves;
}
