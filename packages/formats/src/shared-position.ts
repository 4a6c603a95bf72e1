import { type Digest, isDigest } from './digest.ts';
import type { Json } from './json.ts';

/** How far a source was read when it gave a tree, as a remote keeps it, so that another machine goes on from there. Format: docs/reference/formats/remote.md. */
export interface SharedPosition {
  readonly format: 'tidegate.source-position/1';
  /** The table or the files that the source gave. */
  readonly tree: Digest;
  /** Data of the source's own. */
  readonly position: Json;
}

/** @returns null for anything else: then the source is read as a whole */
export function parseSharedPosition(value: Json): SharedPosition | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { format, tree, position } = value as { readonly [name: string]: Json | undefined };
  if (format !== 'tidegate.source-position/1' || typeof tree !== 'string' || !isDigest(tree) || position === undefined) return null;
  return { format, tree, position };
}
