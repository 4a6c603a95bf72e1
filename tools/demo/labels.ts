import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from '@tidegate/runtime';
import type { Prediction } from './ask-production.ts';
import type { ReplayStep } from './replay.ts';
import type { Stage } from './stage.ts';

/**
 * Writes what is known for certain since the step before as one Parquet file, under the ids of the predictions that were made:
 * whoever keeps the truth has kept the id with the flight.
 *
 * @returns how many there were
 */
export async function writeLabels({ project }: Stage, step: ReplayStep, predictions: ReadonlyMap<string, Prediction>): Promise<number> {
  const rows = step.labels.flatMap(({ flight_id, label, labelled_at }) => {
    const prediction = predictions.get(flight_id);
    return prediction === undefined ? [] : [{ prediction_id: prediction.id, label, labelled_at }];
  });
  if (rows.length === 0) return 0;
  const folder = join(project, 'data/labels');
  await mkdir(folder, { recursive: true });
  const name = step.at.replaceAll(/[-:]/g, '');
  const [lines, parquet] = [join(folder, `${name}.jsonl.part`), join(folder, `${name}.parquet`)];
  await writeFile(lines, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  using engine = await openEngine({ threads: 1 });
  const columns = `{prediction_id: 'VARCHAR', label: 'BIGINT', labelled_at: 'TIMESTAMPTZ'}`;
  await engine.run(
    `COPY (SELECT * FROM read_json('${lines}', format = 'newline_delimited', columns = ${columns})) TO '${parquet}.part' (FORMAT parquet)`,
  );
  await rename(`${parquet}.part`, parquet);
  await rm(lines);
  return rows.length;
}
