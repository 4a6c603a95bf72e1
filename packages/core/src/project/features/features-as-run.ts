import type { Digest, RunRecord } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { exists } from '../../platform/index.ts';
import { onlineStoreFile } from './online-store.ts';
import type { Project } from '../project.ts';
import { readDatasetVersion, readFeatureSets } from '../records.ts';

/**
 * Whether a refresh at this moment (milliseconds since 1970) would find nothing to do: the run found every step done, the online store has
 * its views, all that is stored came from the very files of the run's dataset versions, and no row that was put aside has come into use. It
 * costs no start of the tabular engine.
 */
export async function featuresAreAsRun(project: Project, record: RunRecord, atMs: number): Promise<boolean> {
  const file = onlineStoreFile(project);
  if (!record.steps.every(({ status }) => status === 'hit') || !(await exists(file))) return false;
  const [files, wanted] = await Promise.all([filesOf(project, record), viewsOf(project, record)]);
  const online = openSqliteOnlineStore(file);
  try {
    const held = (await online.views()).map(({ version }) => version);
    if (!wanted.every((version) => held.includes(version))) return false;
    for (const version of held) {
      const watermark = (await online.progress(version))?.watermark ?? null;
      const next = await online.nextUse(version);
      if (watermark === null || (next !== null && next <= atMs * 1000)) return false;
      for (const [dataset, arrived] of Map.groupBy(watermark.files, (one) => one.dataset))
        if (files.get(dataset) !== namesOf(arrived)) return false;
    }
    return true;
  } finally {
    online.close();
  }
}

/** The files of each dataset, as one text. */
async function filesOf(project: Project, { steps }: RunRecord): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const step of steps.filter(({ kind }) => kind === 'dataset')) {
    const version = await readDatasetVersion(project, step);
    if (version !== null) found.set(version.dataset, namesOf((await project.store.readTree(version.tree)).entries));
  }
  return found;
}

async function viewsOf(project: Project, { steps }: RunRecord): Promise<readonly Digest[]> {
  const sets = await Promise.all(steps.filter(({ kind }) => kind === 'features').map((step) => readFeatureSets(project, step)));
  return sets.flatMap((record) => record?.service.views.map(({ version }) => version) ?? []);
}

function namesOf(files: readonly { readonly path: string; readonly digest: Digest }[]): string {
  return files
    .map(({ path, digest }) => `${digest} ${path}`)
    .sort()
    .join('\n');
}
