import { join } from 'node:path';
import { type Digest, digest, type RunId, type RunRecord, TidegateError } from '@tidegate/formats';
import { capture, entryAt, systemPlatform } from '../../platform/index.ts';
import type { State } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { leftOut } from '../revision.ts';

/** What of a run's tree was in no commit. */
export interface Uncommitted {
  /** Tree of the files that differed. */
  readonly tree: Digest;
  /** Files of the commit that were not there. */
  readonly removed: readonly string[];
  /** Whether nothing is missing in it: no file was too large, and none was changed while the run went on. */
  readonly whole: boolean;
}

/** A snapshot is for code and parameters: data has versions of its own. */
const most = { files: 1_000, bytesOfFile: 16 << 20, bytes: 64 << 20 } as const;

/**
 * Keeps what differed from the commit in a run in which something ran, so that it can be compared with and replayed. Costs nothing when
 * nothing ran, and when all was committed. A run does not fail for it.
 */
export async function keepUncommitted(project: Project, { id, commit, dirty, startedAt, steps }: RunRecord): Promise<void> {
  if (!dirty || commit === null || steps.every(({ status }) => status !== 'done' && status !== 'failed')) return;
  const changed = await changedSince(project, commit);
  if (changed === null) return;
  const there = changed.flatMap((path) => fileAt(project.root, path));
  const settled = there.filter(({ changedMs, bytes }) => changedMs <= Date.parse(startedAt) && bytes <= most.bytesOfFile);
  const kept = withinLimits(settled);
  const removed = changed.filter((path) => there.every((file) => file.path !== path));
  try {
    const { digest: tree } = await project.store.putTree(project.root, kept);
    const values = [id, tree, JSON.stringify(removed), kept.length === there.length ? 1 : 0] as const;
    project.state.note(() =>
      project.state.prepare('INSERT OR REPLACE INTO uncommitted (run, tree, removed, whole) VALUES (?, ?, ?, ?)').run(...values),
    );
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error; // a link that leads out, a full disk: the run is as good without
  }
}

/** What was kept of a run's tree; null for a run of a commit as it is, and where nothing was kept. */
export function uncommittedOf(state: State, run: RunId): Uncommitted | null {
  const row = state.prepare('SELECT tree, removed, whole FROM uncommitted WHERE run = ?').get(run);
  if (row === undefined) return null;
  return { tree: digest(String(row['tree'])), removed: JSON.parse(String(row['removed'])) as readonly string[], whole: row['whole'] === 1 };
}

/** Files below the project that the commit has otherwise or not at all, relative to it; null when Git cannot tell. */
async function changedSince({ root, config }: Project, commit: string): Promise<readonly string[] | null> {
  const options = { cwd: root, variables: { ...systemPlatform.variables, GIT_OPTIONAL_LOCKS: '0' } };
  const paths = ['--', '.', ...leftOut(config)];
  const answers = await Promise.all([
    capture(['git', 'diff', '--name-only', '--no-renames', '--relative', '-z', commit, ...paths], options),
    capture(['git', 'ls-files', '--others', '--exclude-standard', '-z', ...paths], options),
  ]);
  if (answers.some(({ code }) => code !== 0)) return null;
  return answers.flatMap(({ stdout }) => stdout.split('\0').filter((path) => path !== ''));
}

interface ChangedFile {
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

function fileAt(root: string, path: string): readonly ChangedFile[] {
  const entry = entryAt(join(root, path));
  if (entry === null || entry.isDirectory()) return [];
  return [{ path, bytes: Number(entry.size), changedMs: Number(entry.ctimeNs / 1_000_000n) }];
}

function withinLimits(files: readonly ChangedFile[]): readonly string[] {
  let bytes = 0;
  const kept: string[] = [];
  for (const file of files) {
    if (kept.length >= most.files || bytes + file.bytes > most.bytes) break;
    bytes += file.bytes;
    kept.push(file.path);
  }
  return kept;
}
