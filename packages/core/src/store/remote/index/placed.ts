import type { Digest, Zone } from '@tidegate/formats';

/** How an object, or a piece of one, lies in a remote. */
export type PlacedAs =
  /** Whole, as one piece of a pack. */
  | 'piece'
  /** As the piece of a pack that says which other pieces make it. */
  | 'recipe'
  /** As a file of its own, which is how version 1 kept every object. */
  | 'file';

/** Where in a remote something is. */
export interface Placed {
  /** What it is: of the object, also where a recipe lies. */
  readonly digest: Digest;
  readonly as: PlacedAs;
  /** The pack; for a file the digest itself. */
  readonly pack: Digest;
  readonly offset: number;
  /** How many bytes lie there. */
  readonly stored: number;
  /** Length of the object or piece. */
  readonly bytes: number;
  readonly codec: 'raw' | 'zstd';
  /** Whether it is a record of ours, which may lead to other objects. */
  readonly isRecord: boolean;
}

/** As it is found: with the zone whose index says so, and below whose name its pack lies. */
export interface Found extends Placed {
  readonly zone: Zone;
}
