import { join } from 'node:path';
import { type DataDrift, failure, worstVerdict } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import {
  type BeyondChoice,
  type BeyondColumns,
  type DataDriftSettings,
  type DriftSide,
  judgeBeyondColumns,
  judgeDataDrift,
  type JudgedSides,
  type NamedSide,
  scratchFolder,
  sideOfRecord,
  sideOfVersion,
} from '../../../data/index.ts';
import { rm } from '../../../platform/index.ts';
import type { Project } from '../../project.ts';
import { requireDataset } from '../dataset-views.ts';
import { versionOrPinned } from '../version-or-pinned.ts';
import { versionNamed } from '../version-names.ts';
import { madeVersion, workingVersion, type WorkingVersionOptions } from '../working/working-version.ts';
import { sideOfFile, sideOfTraining } from './drift-sides.ts';
import { driftSettingsOf } from './drift-settings.ts';
import type { DriftChoice } from './drift-choice.ts';
import { driftByProfiles } from './drift-by-profiles.ts';
import { driftRecord, movedColumns } from './drift-record.ts';
import { sinceWhen } from './since-when.ts';

/**
 * Whether the rows of a dataset are still what they were, column by column. Stores nothing.
 *
 * @throws TG-CLI-NOT-FOUND, TG-CLI-USAGE; TG-DATA-NOT-PROFILED when profiles are compared and one is not kept; what the store throws; as the step of the dataset when it is to be made
 */
export async function driftOfDataset(
  project: Project,
  dataset: string,
  { from, before, after, beyond, ...options }: DriftChoice & WorkingVersionOptions,
): Promise<DataDrift> {
  requireDataset(project, dataset);
  const settings = driftSettingsOf(project.config.data[dataset]);
  if (from === 'profiles') return driftByProfiles(project, dataset, { before, after, settings, options });
  const folder = await scratchFolder();
  try {
    // one thread: halves are drawn by the place of a row, and the same rows are to give the same answer
    const open = (): Promise<Engine> => openEngine({ threads: 1, spill: join(folder, 'spill'), signal: options.signal });
    using engine = await open();
    const later = await laterSide(project, engine, { dataset, after, options });
    const earlier =
      before.kind === 'training'
        ? await sideOfTraining(project, engine, later)
        : await sideOfVersion(project, await versionOrPinned(project, dataset, before.word));
    options.progress('Compare the rows', null);
    const sides = sidesOf(before, { earlier, later });
    const judged = await judgeDataDrift(engine, sides, settings, open);
    const found = await judgeBeyondColumns(
      engine,
      { ...sides, judged, settings },
      withOutcome(project, dataset, { beyond, columns: later.columns }),
    );
    return withBeyond(await withSince(project, engine, { dataset, earlier, later, settings, judged }), found);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A training set may have fewer columns than the dataset, and that is no fault of either. */
function sidesOf(before: DriftChoice['before'], { earlier, later }: { readonly earlier: DriftSide; readonly later: DriftSide }) {
  if (before.kind !== 'training') return { before: earlier, after: later };
  const shared = new Set(earlier.columns.map(({ name }) => name));
  return { before: earlier, after: { ...later, columns: later.columns.filter(({ name }) => shared.has(name)) } };
}

async function laterSide(
  project: Project,
  engine: Engine,
  { dataset, after, options }: { readonly dataset: string; readonly after: DriftChoice['after']; readonly options: WorkingVersionOptions },
): Promise<NamedSide> {
  if (after.kind === 'version' && after.word !== null) return sideOfVersion(project, await versionNamed(project, dataset, after.word));
  if (after.kind === 'version') {
    const side = await sideOfRecord(project, (await workingVersion(project, dataset, options)).version, null);
    return { ...side, version: await madeVersion(project, dataset) };
  }
  const pinned = await sideOfVersion(project, await versionOrPinned(project, dataset, null));
  const personal = new Set(pinned.columns.filter((column) => column.personal).map(({ name }) => name));
  return sideOfFile(engine, after.path, { time: pinned.time, personal });
}

/**
 * The column that ranks slices: the one that is named, or the label of a model that is evaluated on the dataset.
 *
 * @throws TG-CLI-NOT-FOUND when there is no such column, or its values may not be shown
 */
function withOutcome(
  { config }: Project,
  dataset: string,
  { beyond, columns }: { readonly beyond: BeyondChoice; readonly columns: DriftSide['columns'] },
): BeyondChoice {
  if (beyond.slices === null) return beyond;
  const isThere = (name: string): boolean => columns.some((column) => column.name === name && !column.personal);
  const { outcome } = beyond.slices;
  if (outcome !== null && !isThere(outcome))
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot rank slices of data.${dataset} by "${outcome}": its rows have no such column, or it is a personal one`,
      `Name one of its columns: ${columns
        .flatMap(({ name, personal }) => (personal ? [] : [name]))
        .slice(0, 20)
        .join(', ')}`,
    );
  const labels = Object.values(config.models).flatMap(({ evaluate: { on, label } }) =>
    on.kind === 'data' && on.dataset === dataset ? [label] : [],
  );
  return { ...beyond, slices: { outcome: outcome ?? labels.find(isThere) ?? null } };
}

/** What columns do together counts as a column does. */
function withBeyond(drift: Omit<DataDrift, keyof BeyondColumns>, { together, slices }: BeyondColumns): DataDrift {
  if (together === null || together.findings.length === 0) return { ...drift, together, slices };
  const moved = together.findings.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  const reason = moved.length === 0 ? drift.reason : `${drift.reason}; beyond single columns ${moved.join(', ')} changed`;
  return { ...drift, verdict: worstVerdict([drift.verdict, together.verdict]), reason, together, slices };
}

interface Judged {
  readonly dataset: string;
  readonly earlier: NamedSide;
  readonly later: NamedSide;
  readonly settings: DataDriftSettings;
  readonly judged: JudgedSides;
}

async function withSince(
  project: Project,
  engine: Engine,
  { dataset, earlier, later, settings, judged }: Judged,
): Promise<Omit<DataDrift, keyof BeyondColumns>> {
  const since = await sinceWhen(project, {
    dataset,
    earlier: earlier.version,
    later: later.version,
    moved: movedColumns(judged),
    judge: async (version, columns) =>
      (await project.store.has(version))
        ? judgeDataDrift(
            engine,
            { before: onlyOf(earlier, columns), after: onlyOf(await sideOfVersion(project, version), columns) },
            settings,
          )
        : null,
  });
  return driftRecord(dataset, { earlier, later, judged, since });
}

/** The time is kept: seasons and windows go by it. */
function onlyOf(side: NamedSide, names: ReadonlySet<string>): NamedSide {
  return { ...side, columns: side.columns.filter(({ name }) => names.has(name)) };
}
