import { type DatasetVersion, TidegateError } from '@tidegate/formats';
import { type Engine, openSqliteOnlineStore, quoteName } from '@tidegate/runtime';
import { deliveredTree, momentOf, newestEvent, readVersion } from '../../data/index.ts';
import { lineage, modelVersion, trainingSetOf } from '../../models/index.ts';
import type { Ages, LiveModel, PromisedAge } from '../../monitoring/index.ts';
import { type FoundFile, projectFiles } from '../../pipeline/index.ts';
import { exists } from '../../platform/index.ts';
import { fileDigests } from '../../store/index.ts';
import { keptMatching } from '../data/readings/matching-files.ts';
import { onlineStoreFile } from '../features/online-store.ts';
import { agesNow, promisedAges } from '../data/ages-now.ts';
import type { Project } from '../project.ts';

/** What a monitor of the live model asks of ages; each question is worked out at most once. */
export function agesOf(
  project: Project,
  live: LiveModel | null,
  { engine, nowMs }: { readonly engine: Engine; readonly nowMs: number },
): Ages {
  const datasets = once(() => datasetsOf(project, live));
  return {
    model: once(async () => (live === null ? null : newestTraining(project, live, engine))),
    data: once(async () => {
      const found = new Map<string, number | null>();
      for (const { dataset, time, files } of await datasets())
        if (time !== null) found.set(dataset, await newestEvent(engine, files.map(inPlace), { time, untilMs: nowMs }));
      return found;
    }),
    promisedData: once(async () => {
      const found: PromisedAge[] = [];
      for (const one of await datasets())
        for (const { column, limitMs } of await promisedAges(project, one.dataset)) {
          const data = column === one.time ? one.dataset : `${one.dataset}.${column}`;
          const newestMs =
            one.files.length === 0
              ? await newestPinned(project, one.dataset, column)
              : await newestEvent(engine, one.files.map(inPlace), { time: column, untilMs: nowMs });
          found.push({ data, newestMs, limitMs });
        }
      return found;
    }),
    features: once(() => newestFeatures(project, live)),
    changedData: once(async () => {
      const changed = await Promise.all((await datasets()).map(async (one) => ((await hasChanged(project, one)) ? [one.dataset] : [])));
      return changed.flat();
    }),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => (done ??= work());
}

async function newestTraining({ state, store, name }: Project, { digest, version }: LiveModel, engine: Engine): Promise<number | null> {
  const training = await trainingSetOf({ state, store }, version);
  if (training !== null && training.time !== null) {
    const time = `TRY_CAST(${quoteName(training.time)} AS TIMESTAMP)`;
    const [row = {}] = await engine.rows(`SELECT epoch_ms(max(${time})) AS newest FROM (${training.sql})`);
    if (typeof row['newest'] === 'number') return row['newest'];
  }
  return Date.parse(modelVersion(state, name, digest).madeAt);
}

interface PresentDataset {
  readonly dataset: string;
  /** Column with the event time; null when it has none. */
  readonly time: string | null;
  /** The version that the live model goes back to. */
  readonly trained: DatasetVersion;
  /** What lies in the project now. */
  readonly files: readonly FoundFile[];
}

/** The datasets that the live model goes back to and that the project still has. */
async function datasetsOf(project: Project, live: LiveModel | null): Promise<readonly PresentDataset[]> {
  if (live === null) return [];
  const { config, store, root, home } = project;
  const versions = (await lineage(project, live.digest).catch(lost))?.datasets ?? {};
  const found = projectFiles(root, [home.root]);
  return Promise.all(
    Object.entries(versions).flatMap(([dataset, digest]) => {
      const declared = config.data[dataset];
      if (declared === undefined) return [];
      const files = keptMatching(found, declared);
      return [readVersion(store, { digest }).then((trained) => ({ dataset, time: declared.time ?? trained.time, trained, files }))];
    }),
  );
}

/** The records of the training may no longer be kept. */
function lost(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

/** Of a dataset that has no files here, for it comes from elsewhere or was not pulled: what the profile of its pinned version says. */
async function newestPinned(project: Project, dataset: string, column: string): Promise<number | null> {
  const newest = (await agesNow(project, dataset)).find((age) => age.column === column)?.newest;
  return newest === undefined ? null : momentOf(newest);
}

function inPlace({ path, file, stat }: FoundFile) {
  return { path, file, bytes: Number(stat.size) };
}

async function hasChanged({ state, store, platform }: Project, { trained, files }: PresentDataset): Promise<boolean> {
  const { entries } = await store.readTree(deliveredTree(trained));
  if (entries.length !== files.length) return true;
  const known = new Map(entries.map(({ path, digest }) => [path, digest]));
  if (files.some(({ path }) => !known.has(path))) return true;
  const digests = fileDigests(state, platform.clock);
  for (const { path, file, stat } of files) if ((await digests.of(file, stat)).digest !== known.get(path)) return true;
  digests.save();
  return false;
}

async function newestFeatures(project: Project, live: LiveModel | null): Promise<ReadonlyMap<string, number | null>> {
  const views = live?.manifest.features?.views ?? [];
  const file = onlineStoreFile(project);
  if (views.length === 0) return new Map();
  if (!(await exists(file))) return new Map(views.map(({ name }) => [name, null]));
  const online = openSqliteOnlineStore(file);
  try {
    return new Map(
      await Promise.all(
        views.map(async ({ name, version }) => {
          const newestUs = await online.newestEvent(version);
          return [name, newestUs === null ? null : newestUs / 1_000] as const;
        }),
      ),
    );
  } finally {
    online.close();
  }
}
