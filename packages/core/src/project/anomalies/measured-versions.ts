import { digest, type Digest, type MeasuredVersion, type RunRecord, storedRecord, TidegateError } from '@tidegate/formats';
import { leastPast } from '@tidegate/runtime';
import { measureVersion, readVersion } from '../../data/index.ts';
import { isoTime } from '../../platform/index.ts';
import { replacements } from '../../store/index.ts';
import { datasetHistory } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';

type Place = Pick<Project, 'state' | 'name'>;

/** What was measured of the versions of a dataset, in the order they were had; those in whose place others stand since rows were forgotten are left out. */
export function measuredVersions({ state, name }: Place, dataset: string): readonly MeasuredVersion[] {
  const { newest } = replacements(state, name);
  return state
    .prepare('SELECT record FROM measured_version WHERE project = ? AND dataset = ? ORDER BY at, version')
    .all(name, dataset)
    .map((row) => storedRecord('tidegate.measured-version/1', JSON.parse(String(row['record'])), `a measured version of data.${dataset}`))
    .filter(({ version }) => newest(version) === version);
}

/** Whether so many versions of a dataset are known that one more can be judged. */
export function isJudged({ state, name }: Place, dataset: string): boolean {
  const row = state.prepare('SELECT count(*) AS n FROM measured_version WHERE project = ? AND dataset = ?').get(name, dataset);
  return Number(row?.['n'] ?? 0) >= leastPast;
}

/** Notes that a version was had, unless that is known. @returns what is known of it */
export async function noteVersion(
  project: Project,
  dataset: string,
  had: { readonly version: Digest; readonly at: string },
): Promise<MeasuredVersion> {
  const { state, store, name } = project;
  const known = state
    .prepare('SELECT record FROM measured_version WHERE project = ? AND dataset = ? AND version = ?')
    .get(name, dataset, had.version);
  if (known !== undefined) return storedRecord('tidegate.measured-version/1', JSON.parse(String(known['record'])), had.version);
  const version = await readVersion(store, { digest: had.version });
  const record = measureVersion(version, { ...had, project: name });
  addMeasured(project, [record]);
  return record;
}

/** Adds what is not known yet. */
export function addMeasured({ state, name }: Place, records: readonly MeasuredVersion[]): void {
  state.note(() => {
    for (const record of records)
      state
        .prepare('INSERT INTO measured_version (project, dataset, version, at, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(name, record.dataset, record.version, record.at, JSON.stringify(record));
  });
}

/** Notes the versions that a run had. */
export async function noteVersionsOf(project: Project, run: RunRecord): Promise<void> {
  for (const { step, kind, outputs } of run.steps) {
    const version = kind === 'dataset' ? outputs['version']?.digest : undefined;
    if (version === undefined) continue;
    await noteVersion(project, step.slice('data.'.length), { version, at: run.startedAt }).catch(orNothing);
  }
}

/** Notes the versions that runs had before their measures were noted. @throws TG-CLI-NOT-FOUND when there is no such dataset */
export async function noteFormerVersions(project: Project, dataset: string): Promise<void> {
  for (const { digest: version, at } of (await datasetHistory(project, dataset)).toReversed())
    await noteVersion(project, dataset, { version, at }).catch(orNothing);
}

/** Forgets what was measured of versions in whose place others stand: it came from rows that were forgotten. */
export function dropReplaced({ state, name }: Place, dataset: string): void {
  const { newest } = replacements(state, name);
  const all = state.prepare('SELECT version FROM measured_version WHERE project = ? AND dataset = ?').all(name, dataset);
  const gone = all.map((row) => digest(String(row['version']))).filter((version) => newest(version) !== version);
  if (gone.length === 0) return;
  state.commit(() => {
    for (const version of gone)
      state.prepare('DELETE FROM measured_version WHERE project = ? AND dataset = ? AND version = ?').run(name, dataset, version);
  });
}

/** When a version that is had now was had. */
export function now({ platform }: Pick<Project, 'platform'>): string {
  return isoTime(platform.clock);
}

/** A version whose record is nowhere at hand tells nothing. */
function orNothing(error: unknown): void {
  if (!(error instanceof TidegateError)) throw error;
}
