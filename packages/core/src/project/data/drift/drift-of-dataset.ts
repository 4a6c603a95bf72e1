import { join } from 'node:path';
import type { DataDrift, DriftSample } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import {
  type DataDriftSettings,
  type DriftSide,
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
import { versionOrPinned } from '../look-into.ts';
import { versionNamed } from '../version-names.ts';
import { madeVersion, workingVersion, type WorkingVersionOptions } from '../working/working-version.ts';
import { sideOfFile, sideOfTraining } from './drift-sides.ts';
import { driftSettingsOf } from './drift-settings.ts';
import { sinceWhen } from './since-when.ts';

export interface DriftChoice {
  /** A digest or its first digits, a commit, branch or tag; `training` = what the live model was trained on; null = the pinned version. */
  readonly before: { readonly kind: 'version'; readonly word: string | null } | { readonly kind: 'training' };
  /** A version; a file (absolute path); null = what a commit would make a version of now. */
  readonly after: { readonly kind: 'version'; readonly word: string | null } | { readonly kind: 'file'; readonly path: string };
}

/**
 * Whether the rows of a dataset are still what they were, column by column. Stores nothing.
 *
 * @throws TG-CLI-NOT-FOUND, TG-CLI-USAGE; what the store throws; as the step of the dataset when it is to be made
 */
export async function driftOfDataset(
  project: Project,
  dataset: string,
  { before, after, ...options }: DriftChoice & WorkingVersionOptions,
): Promise<DataDrift> {
  requireDataset(project, dataset);
  const settings = driftSettingsOf(project.config.data[dataset]);
  const folder = await scratchFolder();
  try {
    // one thread: halves are drawn by the place of a row, and the same rows are to give the same answer
    using engine = await openEngine({ threads: 1, spill: join(folder, 'spill'), signal: options.signal });
    const later = await laterSide(project, engine, { dataset, after, options });
    const earlier =
      before.kind === 'training'
        ? await sideOfTraining(project, engine, later)
        : await sideOfVersion(project, await versionOrPinned(project, dataset, before.word));
    options.progress('Compare the rows', null);
    const judged = await judgeDataDrift(engine, sidesOf(before, { earlier, later }), settings);
    return await withSince(project, engine, { dataset, earlier, later, settings, judged });
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

interface Judged {
  readonly dataset: string;
  readonly earlier: NamedSide;
  readonly later: NamedSide;
  readonly settings: DataDriftSettings;
  readonly judged: JudgedSides;
}

async function withSince(project: Project, engine: Engine, { dataset, earlier, later, settings, judged }: Judged): Promise<DataDrift> {
  const { rows, spans, verdict, reason, settings: used, seasons, columns, leftOut } = judged;
  const moved = columns.filter((column) => column.verdict === 'fail');
  const since = await sinceWhen(project, engine, { dataset, earlier, later, settings, moved });
  return {
    format: 'tidegate.data-drift/1',
    dataset,
    before: sample(earlier, rows.before, spans.before),
    after: sample(later, rows.after, spans.after),
    verdict,
    reason,
    settings: used,
    seasons,
    columns: columns.map((column) => ({ ...column, since: since.get(column) ?? null })),
    leftOut,
  };
}

function sample({ name, version }: NamedSide, rows: number, span: JudgedSides['spans']['before']): DriftSample {
  const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return { name, version, rows, from: iso(span?.fromMs), until: iso(span?.untilMs) };
}
