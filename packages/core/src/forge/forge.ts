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

export interface LineComment {
  /** Relative to the top of the repository. */
  readonly file: string;
  readonly line: number;
  /** Markdown. */
  readonly body: string;
}

export interface ReviewRequest {
  readonly pullRequest: number;
  readonly commit: string;
  /** First line of the review, by which an earlier one is found again. */
  readonly marker: string;
  /** What the review says as a whole, the marker included. */
  readonly body: string;
  readonly lines: readonly LineComment[];
}

/**
 * Where a change is reviewed. `forge.conformance.ts` is the suite that every adapter passes. All methods may be repeated: a comment or review with the same
 * marker is updated or replaced, never made twice, and only when the token's own user has made it. What a forge answers with 5xx or 429, or not at all, is
 * tried again with pauses.
 *
 * All throw TG-CI-POST when it cannot be done.
 */
export interface Forge {
  readonly comment: (request: CommentRequest) => Promise<'made' | 'updated'>;
  readonly setStatus: (request: StatusRequest) => Promise<void>;
  /**
   * Puts comments at lines of the change, in the place of those of an earlier run; without lines those are taken away. Only Gitea and Forgejo, which have no other way to show
   * something at a line; elsewhere nothing is done.
   */
  readonly review: (request: ReviewRequest) => Promise<void>;
}
