import type { Digest } from './digest.ts';

/** What became of the rows of a file that was scored. Specification: docs/reference/formats/score-receipt.md. */
export interface ScoreReceipt {
  readonly format: 'tidegate.score-receipt/1';
  /** Digest of everything that decides the predictions: content of the input, release, moments, dataset versions, variables. */
  readonly job: Digest;
  readonly project: string;
  readonly service: string;
  readonly release: Digest;
  /** Commit of the release; null when no run of a commit has made it. */
  readonly commit: string | null;
  readonly model: { readonly name: string; readonly version: Digest };
  /** Where the release was live when it was chosen; null when it was chosen by its digest or as the newest. */
  readonly environment: string | null;
  /** `rows` = scored + quarantined, always. */
  readonly input: ScoredFile;
  readonly scored: number;
  readonly quarantined: number;
  /** Quarantined rows by the code of their first mistake. */
  readonly codes: { readonly [code: string]: number };
  readonly output: ScoredFile;
  readonly quarantine: ScoredFile;
  readonly moments: ScoreMoments;
  /** Dataset versions that the features were computed from; empty when none are looked up. */
  readonly datasets: { readonly [dataset: string]: Digest };
  /** Datasets of which newer data was not taken, because it breaks its data contract, with that version. */
  readonly refusedData: { readonly [dataset: string]: Digest };
  /** `size` in rows; `resumed` of them had been finished by calls that did not come to their end. */
  readonly chunks: { readonly size: number; readonly count: number; readonly resumed: number };
  /** ISO 8601, UTC: when the job was begun the first time, and when it was finished. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Version of Tidegate. */
  readonly tidegate: string;
}

export interface ScoredFile {
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly rows: number;
}

/** The moments that the features of the rows are of. */
export interface ScoreMoments {
  /** `option`: one for all rows; `column`: each row's own; `now`: when the job was begun; `none`: no features are looked up. */
  readonly from: 'option' | 'column' | 'now' | 'none';
  readonly column: string | null;
  /** Of the rows that were scored, ISO 8601, UTC; null when there is none. */
  readonly earliest: string | null;
  readonly latest: string | null;
}
