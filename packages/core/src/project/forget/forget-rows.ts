import { join } from 'node:path';
import type { Digest, ForgottenInVersion, ModelThatSaw, RowTombstone } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { scratchFolder, signTombstone, takeKeys } from '../../data/index.ts';
import { isoTime, rm } from '../../platform/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';
import { type AddedThatGoes, addedThatGoes } from './added-that-goes.ts';
import { beginForgetting, refuseBusy } from './begin-forgetting.ts';
import { type DatasetVersions, versionsOfDataset } from './dataset-versions.ts';
import { type FinishedForgetting, finishForgetting, type FinishRequest } from './finish-forgetting.ts';
import { heldByPins } from './held-by-pins.ts';
import { hashesOfKeys, type KeysGiven, keysToForget, refuseImpossible } from './keys-to-forget.ts';
import { movedTables } from './moved-tables.ts';
import { partsInTree } from './parts-in-tree.ts';
import { type SearchRequest, type TableWithRows, tablesWithRows, writeTables, writeVersions } from './rewrite-versions.ts';
import { rowHashingOf } from './row-hashing.ts';
import { tombstonesOf } from './tombstones.ts';
import { treeHolds } from './tree-holds.ts';
import { whatGoes } from './what-goes.ts';
import { whatSaw } from './what-saw.ts';
import { whoIsAtWork } from './who-is-at-work.ts';

export interface ForgetOptions extends KeysGiven, Pick<SearchRequest, 'signal' | 'progress'> {
  readonly reason: string | null;
  /** Only says what would be done. */
  readonly dryRun: boolean;
}

export interface ForgottenRowsReport {
  readonly dataset: string;
  readonly columns: readonly string[];
  readonly dryRun: boolean;
  /** How many keys were given, and how many of them nothing has. */
  readonly keys: { readonly given: number; readonly notFound: number };
  /** `already`: they were forgotten before, and nothing of them is left. */
  readonly outcome: 'forgotten' | 'already' | 'not-found';
  readonly versions: readonly ForgottenInVersion[];
  /** What has such rows still. */
  readonly held: RowTombstone['held'];
  readonly models: readonly ModelThatSaw[];
  /** Steps of which a result is not taken any more, the dataset's own among them. */
  readonly steps: readonly string[];
  /** Where in the tree such steps put what they made. */
  readonly outputs: readonly string[];
  /** What was added, is in no version, and is to be added anew, for it may have the rows. */
  readonly givenUp: readonly AddedThatGoes[];
  /** Null when nothing was forgotten, or only would be. */
  readonly tombstone: RowTombstone | null;
  readonly finished: FinishedForgetting | null;
}

/**
 * Takes rows out of every version of a dataset that this home has or a commit of the project pins, with their bytes, and leaves a signed tombstone. Killed at any
 * moment, the same call completes it.
 *
 * @throws TG-DATA-FORGET when the dataset has no key, or what is given is none; TG-DATA-FORGET-BUSY while a run of the project goes on; TG-CLI-NOT-FOUND;
 *   TG-SECRETS-KEY
 */
export async function forgetRows(project: Project, dataset: string, options: ForgetOptions): Promise<ForgottenRowsReport> {
  requireDataset(project, dataset);
  refuseBusy(project, dataset);
  options.progress('Look for versions', null);
  const known = await versionsOfDataset(project, dataset);
  const keys = await keysToForget(project, dataset, { known, given: options });
  const folder = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, memory: '2GB', spill: join(folder, 'spill'), signal: options.signal });
    await takeKeys(engine, keys);
    await refuseImpossible(engine, dataset, { known, keys });
    return await forgetWith(engine, project, { ...options, dataset, known, keys, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Refuses what {@link forgetRows} would, whatever versions there are. @throws TG-DATA-FORGET, TG-CLI-NOT-FOUND */
export async function checkKeysToForget(project: Project, dataset: string, given: KeysGiven): Promise<void> {
  requireDataset(project, dataset);
  await keysToForget(project, dataset, { known: await versionsOfDataset(project, dataset), given });
}

type Forgetting = ForgetOptions & SearchRequest & { readonly dataset: string };

async function forgetWith(engine: Engine, project: Project, forgetting: Forgetting): Promise<ForgottenRowsReport> {
  const { dataset, keys, dryRun } = forgetting;
  const { tables, keysFound } = await tablesWithRows(engine, project, forgetting);
  if (tables.length === 0) return nothingFound(engine, project, forgetting);
  const held = await heldByPins(project);
  const going = tables.filter(({ digest }) => !held.has(digest));
  const written = dryRun ? null : await writeTables(engine, project, { ...forgetting, tables: going });
  const versions = await writeVersions(project, going, { ...forgetting, written });
  const saw = await sawRows(engine, project, { ...forgetting, going, versions });
  const report = {
    dataset,
    columns: keys.columns,
    dryRun,
    keys: { given: keys.values.length, notFound: keys.values.length - keysFound },
    outcome: 'forgotten' as const,
    versions,
    held: heldVersions(forgetting, tables, held),
    models: saw.models,
    steps: [...new Set(saw.made.map(({ step }) => step))].toSorted(),
    outputs: [...new Set(saw.made.flatMap(({ places }) => places))].toSorted(),
  };
  if (written === null) return { ...report, givenUp: addedThatGoes(project, dataset, new Set()), tombstone: null, finished: null };
  forgetting.progress('Forget the rows', null);
  const pairs = [...written].map(([before, after]) => ({ before, after }));
  const bearing = new Set([...(going[0]?.request.seen ?? [])].flatMap(([digest, has]) => (has ? [digest] : [])));
  const onto: ReadonlySet<Digest> = new Set(); // what was added onto a version was looked into as well
  const goes = await whatGoes(project, { dataset, pairs: [...pairs, ...versions], made: saw.made, onto, bearing });
  const tombstone = await signTombstone(
    {
      format: 'tidegate.tombstone/1',
      id: `t-${project.platform.random.hex(8)}`,
      project: project.name,
      dataset,
      columns: keys.columns,
      keys: await hashesOfKeys(engine, project, forgetting),
      hashedWith: (await rowHashingOf(project, dataset)).name,
      reason: forgetting.reason,
      at: isoTime(project.platform.clock),
      by: await whoIsAtWork(project.root),
      versions,
      tables: pairs,
      held: [...report.held, ...goes.held],
      models: saw.models,
    },
    project.home.signingKey,
  );
  const finish = await finishRequest(engine, project, forgetting);
  const moved = await movedTables(project, pairs);
  const givenUp = beginForgetting(project, { tombstone, versions, tables: moved, onto, going: goes.digests, made: saw.made });
  const finished = await finishForgetting(project, unfinishedOf(project, dataset), finish);
  return { ...report, held: [...tombstone.held, ...(finished.remote?.held ?? [])], givenUp, tombstone, finished };
}

/** What is left to do then is what was killed. */
async function nothingFound(engine: Engine, project: Project, forgetting: Forgetting): Promise<ForgottenRowsReport> {
  const { dataset, keys, known, dryRun } = forgetting;
  const all = tombstonesOf(project, dataset);
  const before = new Set(all.flatMap(({ tombstone }) => tombstone.keys));
  const hashes = await hashesOfKeys(engine, project, forgetting);
  const isKnown = hashes.length > 0 && hashes.every((hash) => before.has(hash));
  const last = all.findLast(({ tombstone }) => hashes.some((hash) => tombstone.keys.includes(hash)))?.tombstone ?? null;
  const unfinished = unfinishedOf(project, dataset);
  const finish = await finishRequest(engine, project, forgetting);
  const mayBeThere = project.remote !== null && all.length > 0;
  const isToFinish = !dryRun && (unfinished.length > 0 || finish.parts.length > 0 || mayBeThere);
  const given = keys.values.length;
  const finished = isToFinish ? await finishForgetting(project, unfinished, finish) : null;
  return {
    dataset,
    columns: keys.columns,
    dryRun,
    keys: { given, notFound: isKnown ? 0 : given },
    outcome: isKnown ? 'already' : 'not-found',
    versions: [],
    held: [...(isKnown ? (last?.held ?? []) : notLookedInto(known)), ...(finished?.remote?.held ?? [])],
    models: last?.models ?? [],
    steps: [],
    outputs: [],
    givenUp: [],
    tombstone: last,
    finished,
  };
}

function unfinishedOf(project: Project, dataset: string): ReturnType<typeof tombstonesOf> {
  return tombstonesOf(project, dataset).filter(({ isDone }) => !isDone);
}

async function finishRequest(engine: Engine, { root }: Project, { dataset, known, keys, signal }: Forgetting): Promise<FinishRequest> {
  const folders = new Set([...known.tables.values()].map(({ folder }) => folder));
  return { dataset, parts: await partsInTree(engine, root, { folders, keys }), signal };
}

interface FoundIn extends Forgetting {
  readonly going: readonly TableWithRows[];
  readonly versions: readonly ForgottenInVersion[];
}

async function sawRows(engine: Engine, project: Project, { dataset, keys, folder, going, versions }: FoundIn): ReturnType<typeof whatSaw> {
  const shown = [
    ...going.flatMap(({ digest, found }) => (found.rows > 0 ? [digest] : [])),
    ...versions.flatMap(({ before, rows }) => (rows > 0 ? [before] : [])),
  ];
  return whatSaw(project, {
    dataset,
    replaced: new Set([...going.map(({ digest }) => digest), ...versions.map(({ before }) => before)]),
    shown: new Set(shown),
    holdsRows: (tree) => treeHolds(engine, project.store, { tree, keys, folder }),
  });
}

function heldVersions(
  { known }: Forgetting,
  tables: readonly TableWithRows[],
  held: ReadonlyMap<Digest, string>,
): readonly { readonly digest: Digest; readonly why: string }[] {
  const withRows = new Set(tables.map(({ digest }) => digest));
  const pinned = [...known.versions].flatMap(([digest, { tree }]) => {
    const why = withRows.has(tree) ? held.get(tree) : undefined;
    return why === undefined ? [] : [{ digest, why }];
  });
  return [...pinned, ...notLookedInto(known)];
}

function notLookedInto({ ofFiles }: DatasetVersions): RowTombstone['held'] {
  return ofFiles.map((digest) => ({ digest, why: 'a version of files from before the dataset was a table, which are not looked into' }));
}
