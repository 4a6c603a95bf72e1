import type { Digest } from './digest.ts';

/**
 * What is left of rows that were forgotten: which versions had some, and what stands in their place, but no value of them. Signed with the key of the home
 * that forgot them, over the canonical JSON of everything but the signature. docs/reference/formats/tombstone.md
 */
export interface RowTombstone {
  readonly format: 'tidegate.tombstone/1';
  readonly id: string;
  readonly project: string;
  readonly dataset: string;
  /** Columns that tell the rows. */
  readonly columns: readonly string[];
  /** HMAC-SHA-256 of the values that the rows had there, as hexadecimal digits, sorted. */
  readonly keys: readonly string[];
  /** Which secret the hashes were made with: the first 16 hexadecimal digits of its SHA-256. */
  readonly hashedWith: string;
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Whoever Git says is at work; null where it does not know. */
  readonly by: { readonly name: string; readonly email: string } | null;
  readonly versions: readonly ForgottenInVersion[];
  /** Tables in whose place others stand. */
  readonly tables: readonly { readonly before: Digest; readonly after: Digest }[];
  /** Versions and files that have such rows still, since something that must stay needs them. */
  readonly held: readonly { readonly digest: Digest; readonly why: string }[];
  /** Models that were trained or judged on a version with such rows. */
  readonly models: readonly ModelThatSaw[];
  /** DER of the public key (SPKI), in Base64. */
  readonly publicKey: string;
  /** Ed25519, in Base64. */
  readonly signature: string;
}

/** A version that had such rows. */
export interface ForgottenInVersion {
  readonly before: Digest;
  readonly after: Digest;
  /** How many it showed; 0 where only its files had them still. */
  readonly rows: number;
}

export interface ModelThatSaw {
  readonly model: string;
  readonly version: Digest;
  readonly as: 'trained' | 'evaluated';
  /** Environments that it is live in. */
  readonly live: readonly string[];
}
