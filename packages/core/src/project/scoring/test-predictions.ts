import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';

export interface LoggedRows {
  readonly release: Digest;
  /** SELECT of the columns of a prediction log from `id` on: `id`, `"at"`, `"input.NAME"`, `prediction`, `label`. */
  readonly sql: string;
}

/** Writes a file of a prediction log, as the server compacts it: docs/reference/formats/prediction-log.md. */
export async function logPredictions(folder: string, name: string, { release, sql }: LoggedRows): Promise<void> {
  const day = join(folder, 'day=2024-01-01');
  mkdirSync(day, { recursive: true });
  using engine = await openEngine({ threads: 1 });
  await engine.run(
    `COPY (SELECT *, "at" AS answered_at, 'api' AS service, ${quoteText(release)} AS release, 'm' AS model, 100.0 AS sample_percent,
     NULL::MAP(VARCHAR, VARCHAR) AS absent, NULL::DOUBLE[] AS probabilities FROM (${sql}))
     TO ${quoteText(join(day, `${name}.parquet`))} (FORMAT parquet)`,
  );
}
