import { join } from 'node:path';
import { type Digest, failure, shortDigest } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { readVersion, scratchFolder, tableAt, withoutForgotten } from '../../data/index.ts';
import { rm } from '../../platform/index.ts';
import type { Remote } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { forgottenRowsOf } from './row-hashing.ts';
import { tombstonesOf } from './tombstones.ts';

export interface LeavingVersion {
  readonly dataset: string;
  readonly version: Digest;
}

/**
 * Looks whether versions that are to go to the remote, and that it does not have, have rows that were forgotten: those that this machine alone had when it took a
 * tombstone over. Only the secret with which the tombstone was made tells them. Costs nothing for a dataset of which nothing was forgotten.
 *
 * @throws TG-DATA-FORGOTTEN
 */
export async function refuseForgotten(
  project: Project,
  remote: Remote,
  { versions, signal }: { readonly versions: readonly LeavingVersion[]; readonly signal: AbortSignal },
): Promise<void> {
  const doubtful = versions.filter(({ dataset }) => tombstonesOf(project, dataset).length > 0);
  if (doubtful.length === 0) return;
  const missing = new Set(await remote.missing(doubtful.map(({ version }) => ({ digest: version, bytes: null }))));
  for (const one of doubtful) {
    const found = missing.has(one.version) ? await countForgotten(project, one, signal) : 0;
    if (found === 0) continue;
    throw failure(
      'TG-DATA-FORGOTTEN',
      `Cannot share the version ${shortDigest(one.version)} of data.${one.dataset}: it has ${found} rows that were forgotten elsewhere`,
      `Make it anew, which leaves them out: "tidegate data commit ${one.dataset} --all"`,
    );
  }
}

async function countForgotten(project: Project, { dataset, version }: LeavingVersion, signal: AbortSignal): Promise<number> {
  const { store } = project;
  const forgotten = await forgottenRowsOf(project, dataset);
  if (forgotten === null || !(await store.has(version))) return 0;
  const { tree } = await readVersion(store, { digest: version });
  const { entries } = await store.readTree(tree);
  if ((await tableAt(store, tree)) === null || entries.length === 0) return 0;
  const files = await Promise.all(entries.map(({ digest }) => store.pathOf(digest)));
  const scratch = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal });
    return (await withoutForgotten(engine, `SELECT * FROM read_parquet([${files.map(quoteText).join(', ')}])`, forgotten)).dropped;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
