import { type Digest, isDigest } from './digest.ts';

/** What a working copy of a project needs of a remote, so that garbage collection leaves it there. Format: docs/reference/formats/remote.md. */
export interface RemoteNeeds {
  readonly format: 'tidegate.remote-needs/1';
  /** Its name. */
  readonly project: string;
  /** Which working copy of it has said so. */
  readonly clone: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What lock files of any commit of any branch and tag pin. */
  readonly pins: readonly Digest[];
  /** Keys of the results that its retention keeps. */
  readonly results: readonly Digest[];
  /** How long results are kept that nobody names, in days. */
  readonly keepDays: number;
}

/** Null for anything that is not exactly that: it comes from elsewhere. */
export function parseRemoteNeeds(value: unknown): RemoteNeeds | null {
  if (typeof value !== 'object' || value === null) return null;
  const { format, project, clone, at, pins, results, keepDays } = value as { readonly [name: string]: unknown };
  const isText = typeof project === 'string' && typeof clone === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
  const isWhole = areDigests(pins) && areDigests(results) && typeof keepDays === 'number' && keepDays >= 0;
  return format === 'tidegate.remote-needs/1' && isText && isWhole ? (value as RemoteNeeds) : null;
}

function areDigests(value: unknown): value is readonly Digest[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && isDigest(one));
}
