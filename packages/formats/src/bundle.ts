import { compareCodeUnits } from './json.ts';
import { type Digest, isDigest } from './digest.ts';
import { parseSharedRelease, parseSharedResult, type SharedRelease, type SharedResult } from './shared-record.ts';

/** What a bundle holds, its first entry. Format: docs/reference/formats/bundle.md. */
export interface BundleManifest {
  readonly format: 'tidegate.bundle/1';
  readonly results: readonly SharedResult[];
  readonly releases: readonly SharedRelease[];
  /** Every object in the order of the archive, which is that of their digests. */
  readonly objects: readonly { readonly digest: Digest; readonly bytes: number }[];
}

/** A manifest, every part of it looked at, for it comes from elsewhere. @returns null for anything else */
export function parseBundleManifest(value: unknown): BundleManifest | null {
  if (typeof value !== 'object' || value === null) return null;
  const { format, results, releases, objects } = value as { readonly [name: string]: unknown };
  if (format !== 'tidegate.bundle/1' || !Array.isArray(results) || !Array.isArray(releases) || !Array.isArray(objects)) return null;
  if (results.some((one) => parseSharedResult(one) === null) || releases.some((one) => parseSharedRelease(one) === null)) return null;
  if (!objects.every(isObject)) return null;
  const isOrdered = objects.every((one, at) => at === 0 || compareCodeUnits(objects[at - 1]?.digest ?? '', one.digest) < 0);
  return isOrdered ? (value as BundleManifest) : null;
}

function isObject(value: unknown): value is BundleManifest['objects'][number] {
  if (typeof value !== 'object' || value === null) return false;
  const { digest, bytes } = value as { readonly [name: string]: unknown };
  return typeof digest === 'string' && isDigest(digest) && typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
}
