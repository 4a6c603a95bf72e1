import { quoteName } from '@tidegate/runtime';
import type { PostgresConfig } from '../../../../config/index.ts';
import type { SourceParts } from '../../source-parts.ts';
import { whileConnected } from '../while-connected.ts';
import { findSlot } from './slot.ts';

/** What a source of replication has at its server. */
export interface SlotAtServer {
  readonly slot: string;
  readonly publication: string;
  /** Log that the server keeps for the slot, in bytes; null when there is none of the name. */
  readonly keptBytes: number | null;
  /** Whether there is a publication of the name. */
  readonly isPublished: boolean;
  /** Whether that stays: it has other tables as well, or another owner, so that others may follow it. */
  readonly isOfOthers: boolean;
}

export interface SlotToDrop extends SourceParts {
  readonly signal: AbortSignal;
  /** Only says what there is. */
  readonly dryRun: boolean;
}

/**
 * Drops the replication slot of a source, and its publication unless others may follow it, so that the server keeps no log for it any more. What is not there is no
 * fault. The next reading makes both anew, and reads everything.
 *
 * @returns what was there; null for a source without replication
 * @throws TG-SOURCE-…, TG-SOURCE-SLOT while somebody reads from the slot
 */
export async function dropSlot(config: PostgresConfig, { signal, dryRun, ...parts }: SlotToDrop): Promise<SlotAtServer | null> {
  const { replication } = config;
  if (replication === null) return null;
  const { slot, publication } = replication;
  const title = `the slot "${slot}" of PostgreSQL`;
  return whileConnected({ config, parts, signal, title }, async (connection) => {
    const found = await findSlot(connection, slot);
    const [published] = await connection.rows(
      `SELECT (puballtables OR NOT pg_has_role(pubowner, 'USAGE') OR (SELECT count(*) FROM pg_publication_tables t WHERE t.pubname = p.pubname) > 1)::text AS others
       FROM pg_publication p WHERE pubname = $1`,
      [publication],
    );
    const isOfOthers = published?.['others'] === 'true';
    if (!dryRun && found !== null) await connection.rows('SELECT pg_drop_replication_slot($1)', [slot]);
    if (!dryRun && published !== undefined && !isOfOthers) await connection.rows(`DROP PUBLICATION ${quoteName(publication)}`);
    return { slot, publication, keptBytes: found?.keptBytes ?? null, isPublished: published !== undefined, isOfOthers };
  });
}
