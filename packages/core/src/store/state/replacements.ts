import { type Digest, digest } from '@tidegate/formats';
import type { State } from './state.ts';

/** Which dataset versions and tables of a project stand in the place of others since it has forgotten rows. */
export interface Replacements {
  /** What stands in the place of a record now; itself when nothing does. */
  readonly newest: (record: Digest) => Digest;
  /** All of them, by what they replace. */
  readonly all: () => ReadonlyMap<Digest, Digest>;
}

/** Rows of the project (?1), and of one that had another name in the same folders. */
const ofProject = `(project = ?1 OR project IN (SELECT former.name FROM project AS former WHERE NOT EXISTS (
  SELECT 1 FROM project AS elsewhere WHERE elsewhere.name = former.name AND elsewhere.root NOT IN (SELECT root FROM project WHERE name = ?1))))`;

/** As the state has it at each moment that it is asked. Of another project with the very same records nothing is replaced. */
export function replacements(state: State, project: string): Replacements {
  return {
    newest: (record) => {
      const row = state
        .prepare(`SELECT new FROM replaced WHERE old = ?2 AND ${ofProject} ORDER BY project = ?1 DESC LIMIT 1`)
        .get(project, record);
      return row === undefined ? record : digest(String(row['new']));
    },
    all: () => {
      const rows = state.prepare(`SELECT old, new FROM replaced WHERE ${ofProject} ORDER BY project = ?1`).all(project);
      return new Map(rows.map((row) => [digest(String(row['old'])), digest(String(row['new']))]));
    },
  };
}

/** What a record leads to for whoever names it. */
export type StandsFor = (record: Digest, project: string | null) => readonly Digest[];

/** For a project what stands in the place of the record; where it is not known who names it, the record and whatever stands in its place for anybody. */
export function standsFor(state: State): StandsFor {
  return (record, project) => {
    if (project !== null) return [replacements(state, project).newest(record)];
    const rows = state.prepare('SELECT new FROM replaced WHERE old = ?').all(record);
    return [record, ...rows.map((row) => digest(String(row['new'])))];
  };
}

/** A forgetting, and the project whose rows they were. */
export interface ForgettingOf {
  readonly id: string;
  readonly project: string;
}

/** Notes what stands in the place of what; part of the caller's transaction. What replaced one of them before is replaced with it. */
export function noteReplaced(
  state: State,
  { id, project }: ForgettingOf,
  pairs: readonly { readonly before: Digest; readonly after: Digest }[],
): void {
  const insert = state.prepare('INSERT OR REPLACE INTO replaced (project, old, new, forgetting) VALUES (?, ?, ?, ?)');
  const move = state.prepare('UPDATE replaced SET new = ? WHERE project = ? AND new = ?');
  for (const { before, after } of pairs) {
    move.run(after, project, before);
    insert.run(project, before, after, id);
  }
}
