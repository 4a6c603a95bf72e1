import { digest, type Digest, type RowTombstone } from '@tidegate/formats';
import { isSigned, publicKeyOf } from '../../data/index.ts';
import type { State } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** A tombstone as the home has it. */
export interface KeptTombstone {
  readonly tombstone: RowTombstone;
  /** Objects with bytes of the rows: those that are to go, or have gone once it is done. */
  readonly going: readonly Digest[];
  readonly isDone: boolean;
}

/** Tombstones of rows of a dataset, or of all datasets of the project, oldest first. */
export function tombstonesOf({ state, name }: Pick<Project, 'state' | 'name'>, dataset: string | null): readonly KeptTombstone[] {
  return state
    .prepare('SELECT record, going, done_at FROM forgetting WHERE project = ? AND (? IS NULL OR dataset = ?) ORDER BY begun_at, id')
    .all(name, dataset, dataset)
    .map((row) => ({
      tombstone: JSON.parse(String(row['record'])) as RowTombstone,
      going: (JSON.parse(String(row['going'])) as readonly string[]).map(digest),
      isDone: row['done_at'] !== null,
    }));
}

/** Notes a tombstone with what is to go; part of the caller's transaction. */
export function noteTombstone(state: State, tombstone: RowTombstone, going: readonly Digest[]): void {
  const { id, project, dataset, at } = tombstone;
  state
    .prepare('INSERT INTO forgetting (id, project, dataset, record, going, begun_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(id, project, dataset, JSON.stringify(tombstone), JSON.stringify(going), at);
}

/** Notes that what was to go has gone. */
export function settleTombstone(state: State, id: string, at: string): void {
  state.commit(() => state.prepare('UPDATE forgetting SET done_at = ? WHERE id = ?').run(at, id));
}

/** A tombstone for a reader, with what became of its signature. */
export interface ListedTombstone extends RowTombstone {
  readonly isSigned: boolean;
  /** Whether the key is that of this home. */
  readonly isOwn: boolean;
  readonly isDone: boolean;
}

export interface ListedTombstones {
  /** Of this home; null where it has signed nothing yet. DER (SPKI) in Base64. */
  readonly publicKey: string | null;
  readonly tombstones: readonly ListedTombstone[];
}

/** The tombstones of the project, or of one dataset, each with its signature checked. */
export async function listTombstones(project: Project, dataset: string | null): Promise<ListedTombstones> {
  const all = tombstonesOf(project, dataset);
  const publicKey = all.length === 0 ? null : await publicKeyOf(project.home.signingKey);
  const tombstones = all.map(({ tombstone, isDone }) => ({
    ...tombstone,
    isSigned: isSigned(tombstone),
    isOwn: tombstone.publicKey === publicKey,
    isDone,
  }));
  return { publicKey, tombstones };
}
