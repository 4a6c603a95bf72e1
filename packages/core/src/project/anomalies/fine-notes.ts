import { canonicalJson, type Digest, failure, type FineNote, storedRecord } from '@tidegate/formats';
import { digestOfBytes, isoTime } from '../../platform/index.ts';
import type { Project } from '../project.ts';

/** What somebody has said of versions of a dataset, the oldest first. */
export function fineNotes({ state, name }: Pick<Project, 'state' | 'name'>, dataset: string): readonly FineNote[] {
  return state
    .prepare('SELECT record FROM fine_note WHERE project = ? AND dataset = ? ORDER BY at, id')
    .all(name, dataset)
    .map((row) => storedRecord('tidegate.fine-note/1', JSON.parse(String(row['record'])), `a note on data.${dataset}`));
}

/** What is said of a version. */
export interface Saying extends Pick<FineNote, 'dataset' | 'version' | 'measure' | 'isFine' | 'reason'> {
  readonly by: FineNote['by'];
}

/** Notes what somebody says of a version. @returns null when just that was the last thing said of it */
export function addFineNote({ state, name, platform }: Project, { by, ...said }: Saying): FineNote | null {
  const last = fineNotes({ state, name }, said.dataset).findLast(
    ({ version, measure }) => version === said.version && (measure === said.measure || measure === null),
  );
  if (last === undefined ? !said.isFine : last.isFine === said.isFine && last.measure === said.measure && last.reason === said.reason)
    return null;
  const at = isoTime(platform.clock);
  const id = digestOfBytes(canonicalJson({ project: name, ...said, at })).slice('sha256:'.length, 'sha256:'.length + 16);
  const note: FineNote = { format: 'tidegate.fine-note/1', id, project: name, ...said, by, at };
  addNotes({ state, name }, [note]);
  return note;
}

/** Adds notes that are not there yet. */
export function addNotes({ state, name }: Pick<Project, 'state' | 'name'>, notes: readonly FineNote[]): void {
  state.commit(() => {
    for (const note of notes)
      state
        .prepare('INSERT INTO fine_note (project, dataset, id, at, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(name, note.dataset, note.id, note.at, JSON.stringify(note));
  });
}

/** @throws TG-CLI-NOT-FOUND when a version has no such measure */
export function requireMeasure(names: readonly string[], measure: string | null, version: Digest): void {
  if (measure === null || names.includes(measure)) return;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find the measure "${measure}" of version ${version}: it has none of that name`,
    `Measures: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`,
  );
}
