import type { Digest } from './digest.ts';
import type { StepName } from './ids.ts';
import type { Json } from './json.ts';

/**
 * Everything that decides a step's result. Its canonical JSON is kept in the store; the digest of that is the step's **key**.
 * A member that may be absent is absent whenever its feature is not used: one that is added later changes no key.
 * Specification: docs/reference/formats/key-record.md.
 */
export interface KeyRecord {
  /** `tidegate.key/1` in what earlier versions of Tidegate have stored: read and compared, never written. */
  readonly format: 'tidegate.key/2' | 'tidegate.key/1';
  /** Qualified name of the step: records and evidence that it makes may carry it. */
  readonly step: StepName;
  /** The kind of step and the version of its behaviour. */
  readonly kind: string;
  readonly kindVersion: number;
  /** Input name → digest of content. Project files by path, artifacts of other steps by qualified name (`features.delay/train`). */
  readonly inputs: { readonly [name: string]: Digest };
  /** Names of the inputs that stand here with a stable digest, sorted; absent when all stand with that of their bytes. */
  readonly stable?: readonly string[];
  /** The step's own settings from the configuration (argv, limits, SQL …). */
  readonly settings: { readonly [name: string]: Json };
  /** Declared variables; one that is absent is absent here, one that is empty is "". */
  readonly variables: { readonly [name: string]: string };
  /** Variable → HMAC-SHA-256 of the secret that it holds, never the secret; absent for a step without secrets. */
  readonly secrets?: { readonly [variable: string]: SecretHash };
  /** Identity of interpreter and locked packages, of the platform, of a champion: what the kind found out. */
  readonly facts: { readonly [name: string]: Json };
  /** What the step is given of the machine, as far as its result is declared to vary with it; absent when with nothing. */
  readonly resources?: { readonly [resource: string]: number };
  /** Output name → path; null for a record that lives in the store only. */
  readonly outputs: { readonly [name: string]: string | null };
  /** Input name → where a workspace shows it, for artifacts of other steps that are placed; project files stay at their path. */
  readonly places: { readonly [name: string]: string };
  /** Names of the inputs that are executable project files, sorted. */
  readonly executables: readonly string[];
  /** Texts that somebody wrote to have everything, or this step, run again; absent when nobody did. */
  readonly salt?: KeySalt;
}

/** `hmac-sha256:` and 64 lower-case hexadecimal digits. */
export type SecretHash = `hmac-sha256:${string}`;

/** `salt:` of the project and of the step. */
export type KeySalt = { readonly project?: string; readonly step?: string };
