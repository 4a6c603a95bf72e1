import { failure } from '@tidegate/formats';
import type { PostgresConnection } from '../connect.ts';

export interface Replication {
  readonly slot: string;
  readonly publication: string;
}

/** A replication slot as the server knows it. */
export interface Slot {
  /** Changes up to here are of no more interest. */
  readonly confirmed: bigint;
  readonly isActive: boolean;
  /** Whether the server has thrown away log that it should have kept. */
  readonly isLost: boolean;
  /** Log that the server keeps for it, in bytes. */
  readonly keptBytes: number;
  /** How much more it may keep; null = no limit. */
  readonly leftBytes: number | null;
}

/** Null when there is none of that name. */
export async function findSlot({ rows }: PostgresConnection, slot: string): Promise<Slot | null> {
  const [row] = await rows(
    `SELECT confirmed_flush_lsn - '0/0'::pg_lsn AS confirmed, active, wal_status, safe_wal_size,
            pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn) AS kept
     FROM pg_replication_slots WHERE slot_name = $1`,
    [slot],
  );
  if (row === undefined) return null;
  const left = row['safe_wal_size'] ?? null;
  return {
    confirmed: BigInt(row['confirmed'] ?? 0),
    isActive: row['active'] === 't',
    isLost: row['wal_status'] === 'lost',
    keptBytes: Number(row['kept'] ?? 0),
    leftBytes: left === null ? null : Number(left),
  };
}

/** A place in the log as the server writes it: `16/B374D848`. */
export function logText(place: bigint): string {
  return `${(place >> 32n).toString(16).toUpperCase()}/${(place & 0xffff_ffffn).toString(16).toUpperCase()}`;
}

export function logPlace(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** @throws TG-SOURCE-SLOT when the server keeps no log from which rows could be read, or the slot cannot be used any more */
export async function refuseUnusable(
  { rows }: PostgresConnection,
  slot: Slot | null,
  { name, title }: { readonly name: string; readonly title: string },
): Promise<void> {
  const [level] = await rows('SHOW wal_level');
  if (level?.['wal_level'] !== 'logical')
    throw failure(
      'TG-SOURCE-SLOT',
      `Cannot follow the changes of ${title}: the server keeps no log for it, for its "wal_level" is "${level?.['wal_level'] ?? ''}"`,
      'Set wal_level = logical at the server and start it again, or use "cursor"',
    );
  if (slot?.isLost === true)
    throw failure(
      'TG-SOURCE-SLOT',
      `Cannot follow the changes of ${title}: the server has thrown away log that the slot "${name}" had not read yet`,
      `Run at the server: SELECT pg_drop_replication_slot('${name}'); the next reading reads everything`,
    );
  if (slot?.isActive === true)
    throw failure(
      'TG-SOURCE-SLOT',
      `Cannot follow the changes of ${title}: somebody else reads from the slot "${name}"`,
      'Give each reader a slot of its own: "slot" in tidegate.yaml',
    );
}
