import { passed } from '../../look-over.ts';
import type { SourceFinding } from '../../source.ts';
import type { PostgresConnection } from '../connect.ts';
import type { PostgresRelation } from '../postgres-relation.ts';
import { refuseHoles } from './publication.ts';
import { findSlot, refuseUnusable, type Replication } from './slot.ts';

/** Log that a server keeps for us from which on it is told: it fills the disk of the server. */
const muchBytes = 4 * 1024 ** 3;

/** What the slot makes the server keep, and whether it still can be read. @throws TG-SOURCE-SLOT */
export async function slotFinding(
  connection: PostgresConnection,
  relation: PostgresRelation,
  replication: Replication | null,
): Promise<Omit<SourceFinding, 'about'> | null> {
  if (replication === null) return null;
  const { title } = relation;
  const { slot: name } = replication;
  const slot = await findSlot(connection, name);
  await refuseUnusable(connection, slot, { name, title });
  if (slot === null) return passed(`There is no slot "${name}" yet: the next reading makes it, and reads everything`, { exists: false });
  await refuseHoles(connection, { relation, replication });
  const { keptBytes, leftBytes } = slot;
  const kept = `The server keeps ${Math.round(keptBytes / 1e6)} MB of its log for the slot "${name}"`;
  const measured = { exists: true, keptBytes, leftBytes };
  if (keptBytes >= muchBytes)
    return { verdict: 'fail', message: `${kept}, until it is read`, hint: 'Read the source: tidegate run', measured };
  if (leftBytes === null)
    return {
      verdict: 'pass',
      message: `${kept}, and would keep any amount`,
      hint: "Bound it at the server: ALTER SYSTEM SET max_slot_wal_keep_size = '20GB'",
      measured,
    };
  return passed(`${kept}; it may keep ${Math.round(leftBytes / 1e6)} MB more before it throws any away`, measured);
}
