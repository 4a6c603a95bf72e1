import type { GroupedRows } from '../../tables/groups/grouped-rows.ts';
import type { TextPart } from './text-part.ts';

/** Rows that were taken out of text. */
export interface TakenRows {
  /** Parquet files, in the order of the rows. */
  readonly files: readonly string[];
  readonly rows: number;
  /** The same files as groups of a table; null when the rows came in another order, or nobody wanted that. */
  readonly groups: GroupedRows | null;
}

/** What makes Parquet files of parts of text. */
export interface TextParts {
  /** Takes the next part, and removes its file; waits until there is room for another one. @throws TG-SOURCE-VALUE */
  readonly take: (part: TextPart) => Promise<void>;
  /** @throws TG-SOURCE-VALUE */
  readonly finish: () => Promise<TakenRows>;
  /** Waits until nothing uses the engine any more. */
  readonly stop: () => Promise<void>;
}
