import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type DatasetVersion, type Digest, failure } from '@tidegate/formats';
import { type ArrivedFile, type ExclusiveLock, type OnlineStore, openSqliteOnlineStore, tryLock } from '@tidegate/runtime';
import { scratchFolder } from '../../data/index.ts';
import { deploymentHistory, releasesInUse } from '../../deploy/index.ts';
import {
  type ComputableView,
  type DatasetDifference,
  type DatasetState,
  type DatasetStates,
  loadDefinitions,
  openRefreshEngine,
  type RefreshedVersion,
  type RefreshEngine,
  refreshView,
  type ServiceDefinition,
  type ViewDefinition,
  viewVersion,
} from '../../features/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { mkdir, rm } from '../../platform/index.ts';
import { type ArrivedFiles, arrivedFiles } from '../data/readings/arrived-files.ts';
import { type KnownDataset, knownDataset, newestVersion } from '../data/readings/dataset-readings.ts';
import { type DatasetSource, datasetSources, fileOfBefore, type SkippedFile } from '../data/readings/dataset-sources.ts';
import { featureDefinitions } from './feature-definitions.ts';
import { onlineStoreFile } from './online-store.ts';
import type { Project } from '../project.ts';
import { lastRun } from '../run/runs.ts';

export type { SkippedFile };

export interface RefreshRequest {
  /** The moment on the event clock: only what has happened and is known by then; milliseconds since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Whether everything is computed anew, whatever has arrived. Default false. */
  readonly full?: boolean;
}

export interface RefreshedFeatures {
  readonly atMs: number;
  /** The datasets that views read, in the order of `tidegate.yaml`. */
  readonly datasets: readonly RefreshedDataset[];
  readonly views: readonly RefreshedFeatureView[];
  /** Views that could not be computed, each with the reason. */
  readonly skipped: readonly { readonly view: string; readonly reason: string }[];
}

/** What has arrived of a dataset since the last refresh. */
export interface RefreshedDataset {
  readonly dataset: string;
  /** Files that are new, have other bytes, or are gone; relative to the project. */
  readonly files: readonly string[];
  /** Files that could not be read this time; what was read of them before still counts. */
  readonly skipped: readonly SkippedFile[];
  /** Rows that were not there, or not so: a corrected row arrives, and the former one goes. */
  readonly arrived: number;
  readonly gone: number;
  /** How many more rows there are with an event before the newest one that was there. They count like any other. */
  readonly late: number;
  /** Rows that arrived and break a row check of the data contract, by check; no feature is computed from them. */
  readonly leftOut: DatasetDifference['leftOut'];
  /** The newest event among the rows that arrived; null when none has one. */
  readonly newestEventMs: number | null;
}

export interface RefreshedFeatureView extends Omit<RefreshedVersion, 'newestEventUs'> {
  readonly view: string;
  /** The newest event of the view; milliseconds since 1970; null when it has none. */
  readonly newestEventMs: number | null;
}

/**
 * Keeps the online store fresh, as often as it is asked to. Holds the tabular engine and what it knows of files open from one refresh to
 * the next, which makes a refresh several times cheaper than {@link refreshFeatures}. One refresh at a time, also between processes: a
 * second one waits. Dispose of it when the project is opened anew.
 */
export interface FeatureRefresh {
  /**
   * Looks at the sources of the datasets now, and brings every view that the project defines, or a release in use looks up, to the moment.
   * What had arrived before is known by the digests of its files (the arrival watermark), which change with the values in one transaction: a
   * process that is killed leaves what was there before or after, and doing it again changes nothing.
   *
   * Rows that break a row check of the data contract (severity `error`) are left out. What a data contract promises of a table as a whole
   * is not judged: that is what a run is for.
   *
   * @throws TG-CLI-NOT-FOUND when the project has no features; TG-FEATURES-… for SQL that cannot be computed
   */
  readonly refresh: (request: RefreshRequest) => Promise<RefreshedFeatures>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** One refresh: see {@link FeatureRefresh.refresh}. */
export async function refreshFeatures(project: Project, request: RefreshRequest): Promise<RefreshedFeatures> {
  await using refresh = openFeatureRefresh(project);
  return await refresh.refresh(request);
}

export function openFeatureRefresh(project: Project): FeatureRefresh {
  const file = onlineStoreFile(project);
  const arrived = arrivedFiles(`${file}.arrived`, project.store);
  let open: OpenEngine | null = null;
  let versions: { readonly run: string | null; readonly known: Map<string, DatasetVersion | null> } | null = null;

  const engineNow = async (): Promise<OpenEngine> => (open ??= await openEngineFor(project, arrived));
  const closeEngine = async (): Promise<void> => {
    const closing = open;
    open = null;
    await closing?.close();
  };
  const known = async (dataset: string): Promise<KnownDataset | null> => {
    // data contracts may change at any time, versions only by a run
    const run = lastRun(project);
    const name = run === null ? null : `${run.id} ${run.status}`;
    if (versions === null || versions.run !== name) versions = { run: name, known: new Map() };
    const version = versions.known.get(dataset) ?? (await newestVersion(project, dataset));
    versions.known.set(dataset, version);
    return knownDataset(project, dataset, version);
  };

  const refresh = async ({ nowMs, signal, full = false }: RefreshRequest): Promise<RefreshedFeatures> => {
    const { engine, abort } = await engineNow();
    const onAbort = (): void => abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const online = openSqliteOnlineStore(file);
    try {
      return await refreshAll(project, { engine, online, arrived, known, atMs: nowMs, signal, full });
    } finally {
      online.close();
      signal.removeEventListener('abort', onAbort);
      if (signal.aborted) await closeEngine();
    }
  };

  return {
    refresh: async (request) => {
      request.signal.throwIfAborted();
      await mkdir(join(file, '..'), { recursive: true });
      using lock = await lockOf(`${file}.refresh.lock`, request.signal);
      void lock;
      return await refresh(request);
    },
    [Symbol.asyncDispose]: closeEngine,
  };
}

interface OpenEngine {
  readonly engine: RefreshEngine;
  readonly abort: (reason: unknown) => void;
  readonly close: () => Promise<void>;
}

async function openEngineFor({ home }: Project, arrived: ArrivedFiles): Promise<OpenEngine> {
  const controller = new AbortController();
  const folder = await scratchFolder();
  const spill = join(folder, 'spill');
  const engine = await openRefreshEngine({ folders: [home.objects, arrived.folder], spill, signal: controller.signal });
  return {
    engine,
    abort: (reason) => controller.abort(reason),
    close: async () => {
      engine[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function lockOf(path: string, signal: AbortSignal): Promise<ExclusiveLock> {
  for (;;) {
    const lock = tryLock(path);
    if (lock !== null) return lock;
    await wait(20, undefined, { signal });
  }
}

interface Refreshing {
  readonly engine: RefreshEngine;
  readonly online: OnlineStore;
  readonly arrived: ArrivedFiles;
  readonly known: (dataset: string) => Promise<KnownDataset | null>;
  readonly atMs: number;
  readonly signal: AbortSignal;
  readonly full: boolean;
}

async function refreshAll(project: Project, refreshing: Refreshing): Promise<RefreshedFeatures> {
  const { engine, arrived, known, atMs, signal } = refreshing;
  const wanted = await viewsToRefresh(project);
  const datasets = new Map<string, KnownDataset>();
  for (const dataset of Object.keys(project.config.data)) {
    const found = await known(dataset);
    if (found !== null) datasets.set(dataset, found);
  }
  const states: DatasetStates = new Map([...datasets].map(([dataset, { reading }]) => [dataset, { reading, files: [] }]));
  const views: (ComputableView & NamedView)[] = [];
  const skipped: { readonly view: string; readonly reason: string }[] = [];
  for (const view of wanted) {
    const missing = unreadDataset(project, view, datasets);
    if (missing !== null) skipped.push({ view: view.name, reason: `no run has read data.${missing}` });
    else views.push({ ...view, ...(await engine.computable(view.definition, states)) });
  }
  const read = new Set(views.flatMap(({ reads }) => reads));
  const sources = await datasetSources(project, new Map([...datasets].filter(([dataset]) => read.has(dataset))), { engine, arrived });
  const changes = new Map<string, DatasetChange>();
  const done: RefreshedFeatureView[] = [];
  for (const view of views) {
    signal.throwIfAborted();
    const { newestEventUs, ...refreshed } = await refreshOne(view, sources, { ...refreshing, changes });
    done.push({ view: view.name, ...refreshed, newestEventMs: newestEventUs === null ? null : newestEventUs / 1000 });
  }
  if (changes.size > 0) await tidyArrived(refreshing);
  return {
    atMs,
    datasets: sources.map(({ dataset, skipped: skippedFiles }) => {
      const { files = [], arrived: rows = 0, gone = 0, late = 0, leftOut = [], newestUs = null } = changes.get(dataset) ?? {};
      return {
        dataset,
        files,
        skipped: skippedFiles,
        arrived: rows,
        gone,
        late,
        leftOut,
        newestEventMs: newestUs === null ? null : newestUs / 1000,
      };
    }),
    views: done,
    skipped,
  };
}

async function refreshOne(
  view: ComputableView & NamedView,
  sources: readonly DatasetSource[],
  refreshing: Refreshing & { readonly changes: Map<string, DatasetChange> },
): Promise<RefreshedVersion> {
  const { engine, online, arrived, atMs, signal, full, changes } = refreshing;
  const progress = await online.progress(view.version);
  const stored = progress?.watermark?.files ?? [];
  const now = new Map<string, DatasetState>();
  for (const source of sources.filter(({ dataset }) => view.reads.includes(dataset))) {
    const state = { reading: source.reading, files: await filesNow(source, stored, { engine, arrived }) };
    now.set(source.dataset, state);
    // a view that is new has seen nothing yet: what others had seen says better what has arrived
    if (changes.has(source.dataset) && !(stored.length > 0 && changes.get(source.dataset)?.isFirst === true)) continue;
    const before = await stateBefore(stored, source, { engine, arrived });
    const paths = pathsThatDiffer(before.files, state.files);
    if (paths.length > 0)
      changes.set(source.dataset, { ...(await engine.difference(before, state)), files: paths, isFirst: stored.length === 0 });
    else changes.delete(source.dataset);
  }
  const before = async (files: readonly ArrivedFile[]): Promise<DatasetStates | null> => {
    const states = new Map<string, DatasetState>();
    for (const [dataset, { reading }] of now) {
      const state = await stateBefore(files, { dataset, reading }, { engine, arrived });
      if (state.files.length < files.filter((file) => file.dataset === dataset).length) return null;
      states.set(dataset, state);
    }
    return states;
  };
  return refreshView(engine, {
    online,
    view,
    lookbackMs: view.lookbackMs === undefined ? (progress?.watermark?.lookbackMs ?? null) : view.lookbackMs,
    now,
    before,
    atUs: atMs * 1000,
    full,
    signal,
  });
}

interface DatasetChange extends DatasetDifference {
  readonly files: readonly string[];
  /** Whether nothing had been seen of the dataset before. */
  readonly isFirst: boolean;
}

interface Places {
  readonly engine: RefreshEngine;
  readonly arrived: ArrivedFiles;
}

/** The dataset as it was with these files; those whose bytes are gone are left out. */
async function stateBefore(
  files: readonly ArrivedFile[],
  { dataset, reading }: Pick<DatasetSource, 'dataset' | 'reading'>,
  places: Places,
): Promise<DatasetState> {
  const found = await Promise.all(
    files.filter((file) => file.dataset === dataset).map((file) => fileOfBefore(file, { reading, ...places }).catch(() => null)),
  );
  return { reading, files: found.flatMap((file) => file ?? []) };
}

/**
 * The files that can be read, and of those that cannot what was read of them before. Where there are none at all, what had arrived elsewhere
 * counts: a clone without its data takes nothing back.
 */
async function filesNow(source: DatasetSource, stored: readonly ArrivedFile[], places: Places): Promise<DatasetState['files']> {
  const own = stored.filter(({ dataset }) => dataset === source.dataset);
  if (source.isAbsent && own.length > 0) return (await stateBefore(own, source, places)).files;
  const skipped = new Set(source.skipped.map(({ path }) => path));
  const former = await stateBefore(
    own.filter(({ path }) => skipped.has(path)),
    source,
    places,
  );
  return [...source.files, ...former.files].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function pathsThatDiffer(before: DatasetState['files'], now: DatasetState['files']): readonly string[] {
  const was = new Map(before.map(({ path, digest }) => [path, digest]));
  const is = new Map(now.map(({ path, digest }) => [path, digest]));
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path)).sort();
}

/** Deletes the bytes of files that no view has arrived from any more. */
async function tidyArrived({ online, arrived }: Refreshing): Promise<void> {
  const held = await Promise.all((await online.views()).map(({ version }) => online.progress(version)));
  await arrived.keepOnly(new Set(held.flatMap((progress) => progress?.watermark?.files.map(({ digest }) => digest) ?? [])));
}

interface NamedView {
  readonly name: string;
  readonly definition: ViewDefinition;
  /** Undefined: a release does not say it; what the definitions said last counts. */
  readonly lookbackMs: number | null | undefined;
}

/** Every view that a service of the project joins, and those that releases look up which may answer now or after a rollback; each version once. */
async function viewsToRefresh(project: Project): Promise<readonly NamedView[]> {
  const definitions = await featureDefinitions(project);
  if (definitions === null)
    throw failure('TG-CLI-NOT-FOUND', 'Cannot refresh features: the project has none', 'See docs/reference/features.md');
  const found = new Map<Digest, NamedView>();
  const add = ({ views }: ServiceDefinition, from: 'project' | 'release'): void => {
    for (const { as, view } of views) {
      const version = viewVersion(view);
      const name = Object.entries(definitions.views).find(([, other]) => other === view)?.[0] ?? as;
      if (!found.has(version)) found.set(version, { name, definition: view, lookbackMs: from === 'project' ? view.lookbackMs : undefined });
    }
  };
  for (const service of Object.values(definitions.services)) add(service, 'project');
  for (const release of releasesInUse(deploymentHistory(project.state, project.name))) {
    const definition = await definitionOf(project, release);
    if (definition !== null) add(definition, 'release');
  }
  return [...found.values()];
}

async function definitionOf({ store }: Project, release: Digest): Promise<ServiceDefinition | null> {
  if (!(await store.has(release))) return null;
  const { definitions } = await readRelease(store, release);
  return definitions === null || !(await store.has(definitions)) ? null : loadDefinitions(store, definitions);
}

/** A dataset that the SQL names and no run has read; null when there is none. */
function unreadDataset({ config }: Project, { definition }: NamedView, datasets: ReadonlyMap<string, KnownDataset>): string | null {
  const words = new Set(definition.source.sql.toLowerCase().match(/[\p{L}\p{N}_$-]+/gu));
  return Object.keys(config.data).find((dataset) => words.has(dataset.toLowerCase()) && !datasets.has(dataset)) ?? null;
}
