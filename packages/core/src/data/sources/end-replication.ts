import type { SourceConfig } from '../../config/index.ts';
import type { SlotAtServer, SlotToDrop } from './postgres/replication/drop-slot.ts';

/** Drops what a source has at its server for replication. @returns what was there; null for a source without replication. @throws TG-SOURCE-…, TG-SECRETS-MISSING */
export async function endReplication(config: SourceConfig, options: SlotToDrop): Promise<SlotAtServer | null> {
  return config.kind === 'postgres' ? (await import('./postgres/replication/drop-slot.ts')).dropSlot(config, options) : null;
}
