import { digest, type Digest, type Json } from '@tidegate/formats';
import { deliveredTree, readVersion } from '../../data/index.ts';
import { isoTime } from '../../platform/index.ts';
import { pinnedVersion } from '../data/version-names.ts';
import type { Project } from '../project.ts';

/** What a source gave once, and how far it was read. */
export interface Reading {
  /** The table or the tree that was stored. */
  readonly tree: Digest;
  readonly position: Json;
  /** What a cheap look at the source found just before; null = that tells nothing. */
  readonly glance: Json;
  readonly readAt: string;
}

/** What was read last and is in no pinned version yet; null when nothing is. */
export function addedReading(project: Project, dataset: string): Reading | null {
  return readingWhere(project, 'root = ? AND dataset = ? AND is_added = 1', [project.root, dataset]);
}

/** The reading that gave this tree here; null when none did, as in a clone. */
export function readingOf(project: Project, dataset: string, tree: Digest): Reading | null {
  return readingWhere(project, 'root = ? AND dataset = ? AND tree = ?', [project.root, dataset, tree]);
}

function readingWhere({ state }: Project, condition: string, values: readonly string[]): Reading | null {
  const row = state
    .prepare(`SELECT tree, position, glance, read_at FROM source_reading WHERE ${condition} ORDER BY read_at DESC LIMIT 1`)
    .get(...values);
  if (row === undefined) return null;
  const position: Json = JSON.parse(String(row['position']));
  const glance: Json = row['glance'] === null ? null : JSON.parse(String(row['glance']));
  return { tree: digest(String(row['tree'])), position, glance, readAt: String(row['read_at']) };
}

/** Notes what was read as what the next version is to have. Garbage collection keeps what is noted here. */
export function noteReading(
  { state, root, platform }: Project,
  dataset: string,
  { tree, position, glance }: Omit<Reading, 'readAt'>,
): void {
  state.commit(() => {
    state.prepare('UPDATE source_reading SET is_added = 0 WHERE root = ? AND dataset = ?').run(root, dataset);
    state
      .prepare(
        'INSERT OR REPLACE INTO source_reading (root, dataset, tree, position, glance, is_added, read_at) VALUES (?, ?, ?, ?, ?, 1, ?)',
      )
      .run(root, dataset, tree, JSON.stringify(position), glance === null ? null : JSON.stringify(glance), isoTime(platform.clock));
    // those before it only say where to go on from: of a few, for branches that pin other versions
    state
      .prepare(
        'DELETE FROM source_reading WHERE root = ? AND dataset = ? AND tree NOT IN (SELECT tree FROM source_reading WHERE root = ? AND dataset = ? ORDER BY read_at DESC LIMIT 5)',
      )
      .run(root, dataset, root, dataset);
  });
}

/** What was added is in the version that is pinned now; what was read since waits for the next one. */
export async function settleReading(project: Project, dataset: string, version: Digest): Promise<void> {
  if (addedReading(project, dataset) === null) return;
  const { state, root, store } = project;
  const tree = deliveredTree(await readVersion(store, { digest: version }));
  const settle = 'UPDATE source_reading SET is_added = 0 WHERE root = ? AND dataset = ? AND tree = ?';
  state.commit(() => state.prepare(settle).run(root, dataset, tree));
}

/** The tree of the version that `tidegate.lock` pins; null when it pins none. @throws TG-STORE-OBJECT-MISSING, TG-DATA-VERSION when it is nowhere at hand */
export async function pinnedTree(project: Project, dataset: string): Promise<Digest | null> {
  const version = await pinnedVersion(project, dataset);
  return version === null ? null : deliveredTree(await readVersion(project.store, { digest: version }));
}
