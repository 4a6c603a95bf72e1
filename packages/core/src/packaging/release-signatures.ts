import type { KeyObject } from 'node:crypto';
import { type Digest, failure, hexOf, shortDigest } from '@tidegate/formats';
import { hintOf, signerOf, signKnownFiles } from '@tidegate/runtime';
import type { ObjectStore, State } from '../store/index.ts';
import { readRelease } from './read-release.ts';
import { manifestName, signatureName } from './release-files.ts';

/** Whose signatures of releases count, and whether a release must have one. */
export interface ReleaseTrust {
  readonly keys: readonly KeyObject[];
  /** False: one that none of the keys has signed is used all the same. */
  readonly required: boolean;
}

/** A signature that counts, and the key that it is of. */
export interface ReleaseSignature {
  readonly bundle: string;
  readonly key: KeyObject;
}

export interface ReleasePlace {
  readonly store: ObjectStore;
  readonly state: State;
}

/**
 * Signs a release as a folder, every file of it, in the OpenSSF Model Signing format. The signature is kept beside the release and is no part of it: the
 * same inputs make the same release on every machine, and each has a key of its own. One that this key has made before stays.
 *
 * @throws as {@link readRelease}
 */
export async function signRelease({ store, state }: ReleasePlace, release: Digest, key: KeyObject): Promise<void> {
  const known = state.prepare('SELECT bundle FROM release_signature WHERE release = ? AND key = ?').get(release, hintOf(key));
  if (known !== undefined) return;
  const { service, files } = await readRelease(store, release);
  const { entries } = await store.readTree(files);
  const all = [...entries, { path: manifestName, digest: release }].map(({ path, digest }) => ({ path, sha256: hexOf(digest) }));
  recordSignature(state, release, signKnownFiles({ name: service, files: all }, { key, certificates: null }, [signatureName]));
}

/** Keeps a signature that somebody has made. Whether it holds and counts is asked when the release is used. */
export function recordSignature(state: State, release: Digest, bundle: string): void {
  const key = signerOf(bundle);
  if (key === null) return;
  state.prepare('INSERT OR REPLACE INTO release_signature (release, key, bundle) VALUES (?, ?, ?)').run(release, key, bundle);
}

/** Every signature of a release that is kept. */
export function signaturesOf(state: State, release: Digest): readonly string[] {
  return state
    .prepare('SELECT bundle FROM release_signature WHERE release = ? ORDER BY key')
    .all(release)
    .map(({ bundle }) => String(bundle));
}

/**
 * The signature of a release that counts.
 *
 * @returns null when none is needed and there is none
 * @throws TG-DEPLOY-UNSIGNED
 */
export function trustedSignature(state: State, release: Digest, { keys, required }: ReleaseTrust): ReleaseSignature | null {
  const bundles = signaturesOf(state, release);
  for (const bundle of bundles) {
    const key = keys.find((one) => hintOf(one) === signerOf(bundle));
    if (key !== undefined) return { bundle, key };
  }
  if (!required) return null;
  const signers = bundles.map((bundle) => `${signerOf(bundle)?.slice(0, 16) ?? ''}…`);
  throw failure(
    'TG-DEPLOY-UNSIGNED',
    `Cannot use the release ${shortDigest(release)}: ${signers.length === 0 ? 'nobody has signed it' : `it is signed by ${signers.join(', ')}`}, and tidegate.yaml wants a signature by ${keys.map((key) => `${hintOf(key).slice(0, 16)}…`).join(' or ')}`,
    'Run "tidegate run" where the key is, or add the public key of who has made it to "signatures.trusted"',
  );
}
