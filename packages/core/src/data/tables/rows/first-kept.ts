import { type Engine, quoteText } from '@tidegate/runtime';
import { parsePartition, type TableConfig } from '../../../config/index.ts';
import { startBeforeSql } from './partition-rule.ts';

/**
 * The first partition that a version keeps, told by the names of all that it has; null when it keeps them all. As `newestPartitions`, without the rows.
 */
export async function firstKept(
  engine: Engine,
  partitions: readonly string[],
  { partition, keep }: Pick<TableConfig, 'partition' | 'keep'>,
): Promise<string | null> {
  const rule = partition === null ? null : parsePartition(partition);
  const newest = partitions.toSorted();
  const last = newest.at(-1);
  if (rule === null || keep === null || last === undefined) return null;
  if ('partitions' in keep) return newest.slice(-keep.partitions)[0] ?? null;
  if (rule.unit === 'value' || last === '') return null;
  const [row] = await engine.rows(`SELECT ${startBeforeSql(rule, quoteText(last), keep.ms)} AS p`);
  return typeof row?.['p'] === 'string' ? row['p'] : null;
}
