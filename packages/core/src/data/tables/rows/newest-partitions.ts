import { type Engine, quoteText } from '@tidegate/runtime';
import { parsePartition, type TableConfig } from '../../../config/index.ts';
import { partitionTerm, startOfSql } from './partition-rule.ts';

/** Rows that a version has not, for `keep` leaves their partitions out. */
export interface LeftOutRows {
  readonly rows: number;
  /** The first partition that it has. */
  readonly before: string;
}

export interface NewestPartitions {
  /** A SELECT of the rows that a version has. */
  readonly rows: string;
  /** What it has not; null = nothing was left out. */
  readonly dropped: LeftOutRows | null;
}

/** Leaves out partitions that are older than `keep` says, counted from the newest one: what a version has depends on no clock. */
export async function newestPartitions(
  engine: Engine,
  rows: string,
  { partition, keep }: Pick<TableConfig, 'partition' | 'keep'>,
): Promise<NewestPartitions> {
  if (partition === null || keep === null) return { rows, dropped: null };
  const term = partitionTerm(partition);
  const first =
    'partitions' in keep
      ? await nthNewest(engine, rows, { term, count: keep.partitions })
      : await within(engine, rows, { partition, ms: keep.ms });
  if (first === null) return { rows, dropped: null };
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM (${rows}) WHERE ${term} < ${quoteText(first)}`);
  const dropped = Number(row?.['rows'] ?? 0);
  if (dropped === 0) return { rows, dropped: null };
  return { rows: `SELECT * FROM (${rows}) WHERE ${term} >= ${quoteText(first)}`, dropped: { rows: dropped, before: first } };
}

async function nthNewest(
  engine: Engine,
  rows: string,
  { term, count }: { readonly term: string; readonly count: number },
): Promise<string | null> {
  const [row] = await engine.rows(`SELECT min(p) AS p FROM (SELECT DISTINCT ${term} AS p FROM (${rows}) ORDER BY p DESC LIMIT ${count})`);
  return typeof row?.['p'] === 'string' ? row['p'] : null;
}

/** Of partitions by time: the one in which so long a time before the beginning of the newest one lies. */
async function within(
  engine: Engine,
  rows: string,
  { partition, ms }: { readonly partition: string; readonly ms: number },
): Promise<string | null> {
  const rule = parsePartition(partition);
  if (rule === null || rule.unit === 'value') return null;
  const [row] = await engine.rows(`SELECT ${startOfSql(rule, ms)} AS p FROM (${rows})`);
  return typeof row?.['p'] === 'string' ? row['p'] : null;
}
