import { type Digest, failure, type RowTombstone } from '@tidegate/formats';
import { noteReplaced } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { livingHolds } from '../store/collect/holds.ts';
import { livingRuns } from '../store/collect/kept-runs.ts';
import { type AddedThatGoes, addedThatGoes } from './added-that-goes.ts';
import { clearEvidence } from './clear-evidence.ts';
import { moveAdded, type MovedTable } from './moved-tables.ts';
import { noteTombstone } from './tombstones.ts';
import type { MadeFromRows } from './what-saw.ts';

export interface ForgettingToBegin {
  readonly tombstone: RowTombstone;
  /** What stands in the place of what from now on. */
  readonly versions: RowTombstone['versions'];
  readonly tables: readonly MovedTable[];
  /** As `addedThatGoes` takes it. */
  readonly onto: ReadonlySet<Digest>;
  /** Objects that are to go. */
  readonly going: readonly Digest[];
  readonly made: readonly MadeFromRows[];
}

/**
 * The moment from which the rows are forgotten, all of it or nothing: whoever asks for a version with them gets the one without, no result that was made from
 * them is taken any more, and what is to go is written down. A run notes itself before it looks for results, so it either sees this or is seen here.
 *
 * @returns what was added, is in no version, and was given up
 * @throws TG-DATA-FORGET-BUSY
 */
export function beginForgetting(
  project: Project,
  { tombstone, versions, tables, onto, going, made }: ForgettingToBegin,
): readonly AddedThatGoes[] {
  const { state } = project;
  const { dataset } = tombstone;
  return state.commit(() => {
    refuseBusy(project, dataset);
    const givenUp = addedThatGoes(project, dataset, onto);
    for (const { root } of givenUp) state.prepare('DELETE FROM data_added WHERE root = ? AND dataset = ?').run(root, dataset);
    noteReplaced(state, tombstone, [...versions, ...tables]);
    noteTombstone(state, tombstone, going);
    evict(project, tombstone, made);
    moveAdded(project, tables);
    const shown = new Set(versions.filter(({ rows }) => rows > 0).map(({ before }) => before));
    clearEvidence(project, { tombstone, versions: shown, made });
    return givenUp;
  });
}

/** @throws TG-DATA-FORGET-BUSY while a run of the project goes on, or something is made of its versions before a run does */
export function refuseBusy({ state, name }: Pick<Project, 'state' | 'name'>, dataset: string): void {
  if (livingRuns(state).some(({ project }) => project === name))
    throw failure(
      'TG-DATA-FORGET-BUSY',
      `Cannot forget rows of data.${dataset}: a run of ${name} goes on`,
      'Wait until it has ended, or end it where it was started, and call this again',
    );
  if (livingHolds(state).some(({ project }) => project === name))
    throw failure(
      'TG-DATA-FORGET-BUSY',
      `Cannot forget rows of data.${dataset}: versions of ${name} are being merged`,
      'Wait until that has ended, and call this again',
    );
}

function evict({ state, name }: Project, { id, at }: RowTombstone, made: readonly MadeFromRows[]): void {
  const drop = state.prepare('DELETE FROM result WHERE key = ? AND project = ? RETURNING run');
  const mark = state.prepare('INSERT OR REPLACE INTO tombstone (key, project, step, run, why, evicted_at) VALUES (?, ?, ?, ?, ?, ?)');
  const unstable = state.prepare("DELETE FROM stable_output WHERE project = ? AND json_extract(artifact, '$.digest') = ?");
  for (const { key, step, outputs } of made) {
    const dropped = drop.all(key, name)[0];
    if (dropped !== undefined) mark.run(key, name, step, String(dropped['run']), `rows that it was made from were forgotten (${id})`, at);
    for (const artifact of Object.values(outputs)) unstable.run(name, artifact.digest);
  }
}
