import { failure } from '@tidegate/formats';
import { endReplication, type SlotAtServer } from '../../data/index.ts';
import { openSecrets } from '../../secrets/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';

/** Drops what the source of a dataset has at its server for replication; with `dryRun` it only says what there is. @throws TG-CLI-NOT-FOUND for a dataset without replication; TG-SOURCE-… */
export async function dropSlotOfDataset(
  project: Project,
  dataset: string,
  options: { readonly signal: AbortSignal; readonly dryRun: boolean },
): Promise<SlotAtServer> {
  requireDataset(project, dataset);
  const { root, home, platform, config } = project;
  const source = config.data[dataset]?.from.source;
  const secret = openSecrets({ home, platform, root }).value;
  const dropped = source === undefined ? null : await endReplication(source, { root, secret, ...options });
  if (dropped !== null) return dropped;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot drop the slot of data.${dataset}: it is not read by replication`,
    'Name a dataset with "replication" in tidegate.yaml; what another project has left behind its own names, or PostgreSQL does: SELECT slot_name FROM pg_replication_slots',
  );
}
