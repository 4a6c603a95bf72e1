import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../engine.ts';
import { segmentsIn } from './segments.ts';
import { segmentQuery } from './segment-query.ts';

/**
 * SQL that gives every prediction of a log, those of segments that are still written included; inputs that a
 * release has not are null in its rows. Null when there is none yet.
 *
 * Columns: `id`, `answered_at`, `at` (UTC), `service`, `release`, `model`, `sample_percent`, `field.NAME` for what callers sent that is
 * no input of the model, `input.NAME`, `absent`, `prediction`, `label`, `probabilities`.
 */
export async function predictionsQuery(folder: string): Promise<string | null> {
  const files = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.parquet')).toSorted();
  const written = new Set(files.map((file) => file.replace(/^.*\//, '').replace(/\.parquet$/, '')));
  const segments = (await segmentsIn(folder)).filter(({ name }) => !written.has(name)); // one may be in both for a moment
  const parts = segments.map(({ path, header }) => segmentQuery(path, header).replace('columns =', 'ignore_errors = true, columns ='));
  const list = files.map((file) => quoteText(join(folder, file))).join(', ');
  if (files.length > 0) parts.push(`SELECT * EXCLUDE (day) FROM read_parquet([${list}], union_by_name = true, hive_partitioning = true)`);
  return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(' UNION ALL BY NAME ');
}
