import type { Digest } from '@tidegate/formats';
import type { Clock } from '../platform/index.ts';
import type { ScorerOptions } from './scorer.ts';

export interface ScoreOrder extends Omit<ScorerOptions, 'folder'> {
  readonly clock: Clock;
  /** Folder of all jobs. */
  readonly scores: string;
  readonly project: string;
  /** Versions of the datasets by name, and of newer data that was refused. */
  readonly versions: { readonly [dataset: string]: Digest };
  readonly refusedData: { readonly [dataset: string]: Digest };
  /** Variables that the environment declares for the model; `variables` has them too. */
  readonly declared: { readonly [name: string]: string };
  /** Where the release was live when it was chosen. */
  readonly environment: string | null;
  /** Of the release. */
  readonly commit: string | null;
  /** Version of Tidegate. */
  readonly tidegate: string;
  /** Absolute paths. */
  readonly input: string;
  readonly output: string;
  readonly quarantine: string;
  /** One moment for all rows, milliseconds since 1970; null = the column named as the time of the feature service, or now. */
  readonly asOfMs: number | null;
  /** Rows scored and kept at once. */
  readonly chunkRows: number;
  /** @param rows finished so far, in this call and in earlier ones */
  readonly progress: (doing: string, rows: number) => void;
}
