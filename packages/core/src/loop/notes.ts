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

/** The newest note of a kind; null when there is none. */
export function newestNote<Kind extends LoopEvent['kind']>(
  { state, name }: Pick<Project, 'state' | 'name'>,
  kind: Kind,
): (Omit<LoopNote, 'what'> & { readonly what: Extract<LoopEvent, { readonly kind: Kind }> }) | null {
  const row = state.prepare('SELECT record FROM loop_note WHERE project = ? AND kind = ? ORDER BY sequence DESC LIMIT 1').get(name, kind);
  if (row === undefined) return null;
  const { what, ...rest } = noteOf(name, row);
  return isKind(what, kind) ? { ...rest, what } : null;
}

function isKind<Kind extends LoopEvent['kind']>(event: LoopEvent, kind: Kind): event is Extract<LoopEvent, { readonly kind: Kind }> {
  return event.kind === kind;
}

function noteOf(project: string, row: { readonly [column: string]: unknown }): LoopNote {
  return storedRecord('tidegate.loop-note/1', JSON.parse(String(row['record'])), `a note of ${project}`);
}
