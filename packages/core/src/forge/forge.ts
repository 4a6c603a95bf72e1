/** What a commit status says; each forge has its own words for it. */
export type StatusState = 'running' | 'passed' | 'failed' | 'broken';

export interface CommentRequest {
  readonly pullRequest: number;
  /** First line of the comment, by which it is found again. */
  readonly marker: string;
  /** The whole text, the marker included. */
  readonly body: string;
}

export interface StatusRequest {
  readonly commit: string;
  /** Which check it is: one of the same name replaces it. */
  readonly name: string;
  readonly state: StatusState;
  /** One line; cut to what the forge takes. */
  readonly description: string;
  /** Page with more; null when there is none. */
  readonly url: string | null;
}

/**
 * Where a change is reviewed. `forge.conformance.ts` is the suite that every adapter passes. Both methods may be repeated: a comment with the same
 * marker is updated, never made twice, and only when the token's own user has made it. What a forge answers with 5xx or 429, or not at all, is
 * tried again with pauses.
 *
 * Both throw TG-CI-POST when it cannot be done.
 */
export interface Forge {
  readonly comment: (request: CommentRequest) => Promise<'made' | 'updated'>;
  readonly setStatus: (request: StatusRequest) => Promise<void>;
}
