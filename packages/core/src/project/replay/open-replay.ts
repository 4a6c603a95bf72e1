import { join } from 'node:path';
import { type Digest, type RunRecord, TidegateError } from '@tidegate/formats';
import { projectFiles } from '../../pipeline/index.ts';
import { type Platform, rm } from '../../platform/index.ts';
import { backedObjectStore, type ObjectStore, type State } from '../../store/index.ts';
import { openProject } from '../open-project.ts';
import type { Project } from '../project.ts';
import { recordedAnswers } from './recorded-answers.ts';
import { cannot, type RebuiltTree } from './rebuild-tree.ts';

/**
 * Opens a rebuilt tree with a home of its own beside it: no result, no remote, the clock as it was. Objects of the user's store are read where
 * the new one does not have them; virtual environments, which are named by what is in them, are shared.
 */
export async function openReplay(project: Project, run: RunRecord, { root }: RebuiltTree, folder: string): Promise<Project> {
  const variables = {
    ...project.platform.variables,
    TIDEGATE_HOME: join(folder, 'home'),
    TIDEGATE_VIRTUAL_ENVIRONMENTS: project.home.virtualEnvironments,
    TIDEGATE_REMOTE: '',
  };
  const platform: Platform = { ...project.platform, variables, clock: clockSince(project.platform, run.startedAt) };
  const opened = await openProject({ root, platform, serving: project.serving });
  const store = backedObjectStore(opened.objects, readingFrom(project.store), join(opened.home.objects, 'incoming'));
  copyHistory(project, opened.state, run.startedAt);
  const replay = { ...opened, store, remote: null, elsewhere: async () => [] };
  return { ...replay, recorded: await recordedAnswers(replay, run) };
}

/** A clock that stood at the start of the run when the replay began. */
function clockSince({ clock }: Platform, startedAt: string): Platform['clock'] {
  const backMs = clock.now() - Date.parse(startedAt);
  return { ...clock, now: () => clock.now() - backMs };
}

function readingFrom(store: ObjectStore): Parameters<typeof backedObjectStore>[1] {
  return {
    missing: store.missing,
    getObject: async (digest, path) => {
      if (!(await store.has(digest))) return null;
      await store.checkOut(digest, path);
      return 'at-path';
    },
    getObjects: async (digests, receive) => {
      const lost: Digest[] = [];
      for (const digest of digests)
        if (await store.has(digest)) await receive(digest, await store.pathOf(digest));
        else lost.push(digest);
      return lost;
    },
  };
}

/** What was deployed before the run: the gate compares with it. */
function copyHistory({ state, name }: Project, to: State, until: string): void {
  const rows = [
    { table: 'deployment', before: "json_extract(record, '$.at')" },
    { table: 'release', before: 'made_at' },
    { table: 'model_version', before: 'made_at' },
  ].flatMap(({ table, before }) =>
    state.database
      .prepare(`SELECT * FROM ${table} WHERE project = ? AND ${before} < ?`)
      .all(name, until)
      .map((row) => ({ table, row })),
  );
  to.note(() => {
    for (const { table, row } of rows) {
      const columns = Object.keys(row);
      to.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`).run(...Object.values(row));
    }
  });
}

/** Puts the dataset versions of the run into the place of whatever files of those datasets the commit has. @throws TG-PIPELINE-REPLAY */
export async function placeData(replay: Project, run: RunRecord): Promise<{ readonly [dataset: string]: Digest }> {
  const placed: { [dataset: string]: Digest } = {};
  for (const { step, kind, outputs } of run.steps) {
    const name = step.slice('data.'.length);
    const dataset = Object.hasOwn(replay.config.data, name) ? replay.config.data[name] : undefined;
    const { files, version } = outputs;
    if (kind !== 'dataset' || dataset === undefined || files === undefined || version === undefined) continue;
    for (const pattern of dataset.from.files)
      for (const { path } of projectFiles(replay.root, []).matching(pattern)) await rm(join(replay.root, path));
    await replay.store.checkOutTree(files.digest, replay.root).catch((error: unknown) => {
      if (!(error instanceof TidegateError)) throw error;
      const hint = 'Take it from a remote, "tidegate remote pull", or replay a newer run';
      throw cannot(run, `the version ${version.digest.slice(7, 19)} of ${step} is no longer in the store`, hint, error);
    });
    placed[name] = version.digest;
  }
  return placed;
}
