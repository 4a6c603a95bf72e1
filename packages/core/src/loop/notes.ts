import { type LoopEvent, type LoopNote, storedRecord } from '@tidegate/formats';
import { isoTime } from '../platform/index.ts';
import type { Project } from '../project/index.ts';

type Kept = Pick<Project, 'state' | 'name' | 'platform'>;

/** Appends what the loop did to its log, durably. */
export function appendNote({ state, name, platform }: Kept, what: LoopEvent): LoopNote {
  return state.commit(() => {
    const row = state.prepare('SELECT coalesce(max(sequence), 0) AS last FROM loop_note WHERE project = ?').get(name);
    const note: LoopNote = { format: 'tidegate.loop-note/1', sequence: Number(row?.['last']) + 1, at: isoTime(platform.clock), what };
    state
      .prepare('INSERT INTO loop_note (project, sequence, kind, record) VALUES (?, ?, ?, ?)')
      .run(name, note.sequence, what.kind, JSON.stringify(note));
    return note;
  });
}

/** The newest notes, newest first. */
export function newestNotes({ state, name }: Pick<Project, 'state' | 'name'>, limit: number): readonly LoopNote[] {
  const rows = state.prepare('SELECT record FROM loop_note WHERE project = ? ORDER BY sequence DESC LIMIT ?').all(name, limit);
  return rows.map((row) => noteOf(name, row));
}

type NoteOf<Kind extends LoopEvent['kind']> = Omit<LoopNote, 'what'> & { readonly what: Extract<LoopEvent, { readonly kind: Kind }> };

/** The newest note of a kind, of those before a sequence when one is given; null when there is none. */
export function newestNote<Kind extends LoopEvent['kind']>(
  { state, name }: Pick<Project, 'state' | 'name'>,
  kind: Kind,
  before: number = Number.MAX_SAFE_INTEGER,
): NoteOf<Kind> | null {
  const sql = 'SELECT record FROM loop_note WHERE project = ? AND kind = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1';
  const row = state.prepare(sql).get(name, kind, before);
  return row === undefined ? null : (ofKind(noteOf(name, row), kind)[0] ?? null);
}

/** The newest note of a kind about a dataset; null when there is none. */
export function newestNoteAbout<Kind extends LoopEvent['kind']>(
  { state, name }: Pick<Project, 'state' | 'name'>,
  kind: Kind,
  dataset: string,
): NoteOf<Kind> | null {
  const sql = `SELECT record FROM loop_note WHERE project = ? AND kind = ? AND json_extract(record, '$.what.dataset') = ? ORDER BY sequence DESC LIMIT 1`;
  const row = state.prepare(sql).get(name, kind, dataset);
  return row === undefined ? null : (ofKind(noteOf(name, row), kind)[0] ?? null);
}

/** Notes of a kind after a sequence, oldest first. */
export function notesAfter<Kind extends LoopEvent['kind']>(
  { state, name }: Pick<Project, 'state' | 'name'>,
  kind: Kind,
  sequence: number,
): readonly NoteOf<Kind>[] {
  const sql = 'SELECT record FROM loop_note WHERE project = ? AND kind = ? AND sequence > ? ORDER BY sequence';
  const rows = state.prepare(sql).all(name, kind, sequence);
  return rows.flatMap((row) => ofKind(noteOf(name, row), kind));
}

function ofKind<Kind extends LoopEvent['kind']>({ what, ...rest }: LoopNote, kind: Kind): readonly NoteOf<Kind>[] {
  return isKind(what, kind) ? [{ ...rest, what }] : [];
}

function isKind<Kind extends LoopEvent['kind']>(event: LoopEvent, kind: Kind): event is Extract<LoopEvent, { readonly kind: Kind }> {
  return event.kind === kind;
}

function noteOf(project: string, row: { readonly [column: string]: unknown }): LoopNote {
  return storedRecord('tidegate.loop-note/1', JSON.parse(String(row['record'])), `a note of ${project}`);
}
