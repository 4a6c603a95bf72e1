import { type Json, shape } from '@tidegate/formats';
import type { PostgresConnection } from '../connect.ts';
import { findSlot, logPlace, type Replication } from './slot.ts';

const positionShape = shape.object({ log: shape.required(shape.text()) }, { open: true });

/** Lets the server throw away the log that was read. One that it has thrown away already, and a slot that is gone, need nothing. */
export async function confirmLog(connection: PostgresConnection, { slot }: Replication, position: Json): Promise<void> {
  const parsed = shape.parse(positionShape, position);
  const found = parsed.ok ? await findSlot(connection, slot) : null;
  if (!parsed.ok || found === null || found.isLost || found.confirmed >= logPlace(parsed.value.log)) return;
  await connection.rows('SELECT pg_replication_slot_advance($1, $2::pg_lsn)', [slot, parsed.value.log]);
}
