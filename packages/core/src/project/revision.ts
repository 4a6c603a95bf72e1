import { capture } from '../platform/index.ts';

/** The revision of the project that a run is made at, as Git tells it. */
export interface Revision {
  /** Null outside a Git repository and before the first commit. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** Subject line of the commit. */
  readonly subject: string | null;
  /** Whether a file of the project differs from the commit; `tidegate.lock`, which a run itself moves, does not count. */
  readonly dirty: boolean;
}

/** Asks Git about the project's folder; a folder in no repository counts as dirty. */
export async function revisionOf(root: string): Promise<Revision> {
  const [status, log] = await Promise.all([
    capture(['git', 'status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--', '.'], { cwd: root }),
    capture(['git', 'log', '-1', '--format=%s'], { cwd: root }),
  ]);
  if (status.code !== 0) return { commit: null, branch: null, subject: null, dirty: true };
  const lines = status.stdout.split('\n').filter((line) => line !== '');
  const header = (name: string): string | null => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3) ?? null;
  const commit = header('branch.oid');
  const branch = header('branch.head');
  const changed = lines.filter((line) => !line.startsWith('#') && !line.endsWith('tidegate.lock'));
  return {
    commit: commit === null || commit === '(initial)' ? null : commit,
    branch: branch === '(detached)' ? null : branch,
    subject: log.code === 0 ? log.stdout.trim() : null,
    dirty: changed.length > 0 || commit === '(initial)',
  };
}
