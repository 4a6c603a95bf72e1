import { createHash } from 'node:crypto';
import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { keyColumnsIn } from './key-rows.ts';
import { rowHashSql, type RowHashing } from './row-hash.ts';

/** Rows of a dataset that were forgotten and are not to come back. */
export interface ForgottenRows {
  readonly hashing: RowHashing;
  /** By the columns that tell them: hashes of what these had. */
  readonly sets: readonly { readonly columns: readonly string[]; readonly hashes: readonly string[] }[];
}

export interface RemainingRows {
  /** A SELECT of the rows that were not forgotten. */
  readonly rows: string;
  /** How many were. */
  readonly dropped: number;
}

/** Leaves out rows that were forgotten, when a source has them still or again. Costs nothing where none ever was. */
export async function withoutForgotten(engine: Engine, rows: string, forgotten: ForgottenRows | null): Promise<RemainingRows> {
  if (forgotten === null) return { rows, dropped: 0 };
  const columns = await engine.describe(rows);
  const conditions: string[] = [];
  for (const [at, { columns: names, hashes }] of forgotten.sets.entries()) {
    const found = keyColumnsIn(columns, { columns: names });
    if (found === null) continue;
    await takeHashes(engine, `tidegate_forgotten_${at}`, hashes);
    conditions.push(`${hashSql(forgotten, found)} IN (SELECT hash FROM temp.tidegate_forgotten_${at})`);
  }
  if (conditions.length === 0) return { rows, dropped: 0 };
  const isForgotten = `coalesce(${conditions.join(' OR ')}, false)`;
  const [row] = await engine.rows(`SELECT count(*) AS dropped FROM (${rows}) WHERE ${isForgotten}`);
  const dropped = Number(row?.['dropped'] ?? 0);
  return { rows: dropped === 0 ? rows : `SELECT * FROM (${rows}) WHERE NOT ${isForgotten}`, dropped };
}

/** Another text whenever other rows are to be left out: a part of the key of the step that leaves them out. */
export function forgottenMark({ sets }: ForgottenRows): string {
  return createHash('sha256').update(JSON.stringify(sets)).digest('hex');
}

function hashSql({ hashing }: ForgottenRows, columns: readonly TableColumn[]): string {
  return rowHashSql(hashing, columns, quoteName);
}

const hashesAtOnce = 1_000;

async function takeHashes(engine: Engine, table: string, hashes: readonly string[]): Promise<void> {
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${table} (hash VARCHAR)`);
  for (let at = 0; at < hashes.length; at += hashesAtOnce) {
    const rows = hashes.slice(at, at + hashesAtOnce).map((hash) => `(${quoteText(hash)})`);
    await engine.run(`INSERT INTO temp.${table} VALUES ${rows.join(', ')}`);
  }
}
