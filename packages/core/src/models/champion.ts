import type { Digest, ReleaseManifest } from '@tidegate/formats';

/** The release a candidate is compared with. */
export interface Champion {
  readonly release: Digest;
  readonly manifest: ReleaseManifest;
}

export interface ChampionRequest {
  readonly project: string;
  readonly model: string;
  /** Digest of the candidate's model file. */
  readonly candidate: Digest;
}

/**
 * Knows what was deployed. The champion is the most recent release that was live in the project's last environment and holds the
 * model under another file than the candidate's own: so the same command right after a promotion still finds the same champion,
 * and its gate is a cache hit. Reading only, cheap, callable from many steps at once.
 */
export interface ChampionSource {
  /** Name of the environment that is looked at; null when the project declares none. */
  readonly environment: string | null;
  /** @returns null when no other model was ever live there. */
  readonly champion: (request: ChampionRequest) => Promise<Champion | null>;
  /** Those that can be the champion of a model, whatever the candidate is; the newest first. */
  readonly possible: (request: Omit<ChampionRequest, 'candidate'>) => Promise<readonly Champion[]>;
}
