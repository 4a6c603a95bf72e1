import { capture, systemPlatform } from '../platform/index.ts';
import type { Project } from './project.ts';

/** The revision of the project that a run is made at, as Git tells it. */
export interface Revision {
  /** Null outside a Git repository and before the first commit. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** Subject line of the commit. */
  readonly subject: string | null;
  /** Whether a file of the project differs from the commit; what {@link Revision.changed} leaves out does not count. */
  readonly dirty: boolean;
  /**
   * Those files, relative to the repository. Left out are `tidegate.lock`, which a run itself moves; the files of datasets, which
   * the lock pins; labels, which monitors read and no step; and what steps make.
   */
  readonly changed: readonly string[];
}

/** Asks Git about the project's folder; a folder in no repository counts as dirty. Takes no lock of Git's, so nobody is in the way of another. */
export async function revisionOf({ root, config }: Pick<Project, 'root' | 'config'>): Promise<Revision> {
  const options = { cwd: root, variables: { ...systemPlatform.variables, GIT_OPTIONAL_LOCKS: '0' } };
  const made = Object.values(config.steps).flatMap(({ out }) => Object.values(out));
  const areMany = made.length > mostPathspecs;
  const excluded = [...leftOut(config), ...(areMany ? [] : made.map((path) => `:(exclude,literal)${path}`))];
  const [status, log, prefix] = await Promise.all([
    capture(['git', 'status', '--porcelain=v2', '-z', '--branch', '--untracked-files=all', '--', '.', ...excluded], options),
    capture(['git', 'log', '-1', '--format=%s'], options),
    areMany ? capture(['git', 'rev-parse', '--show-prefix'], options) : null,
  ]);
  if (status.code !== 0) return { commit: null, branch: null, subject: null, dirty: true, changed: [] };
  const entries = status.stdout.split('\0').filter((entry) => entry !== '');
  const header = (name: string): string | null => entries.find((entry) => entry.startsWith(`# ${name} `))?.slice(name.length + 3) ?? null;
  const commit = header('branch.oid');
  const branch = header('branch.head');
  const isMade = prefix === null ? () => false : madeBelow(prefix.stdout.replace(/\n$/, ''), made);
  const changed = changedIn(entries).filter((path) => !isMade(path));
  return {
    commit: commit === null || commit === '(initial)' ? null : commit,
    branch: branch === '(detached)' ? null : branch,
    subject: log.code === 0 ? log.stdout.trim() : null,
    dirty: changed.length > 0 || commit === '(initial)',
    changed,
  };
}

/** A command line of more than 2 MB cannot be started (execve(2), "Limits on size of arguments"): then outputs are left out here. */
const mostPathspecs = 1_000;

/** Whether a path of the repository is one of the paths that steps make, or lies in one. `prefix` leads from the repository to the project. */
function madeBelow(prefix: string, made: readonly string[]): (path: string) => boolean {
  const all = new Set(made.map((path) => prefix + path));
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (all.has(path.slice(0, end))) return true;
    return false;
  };
}

/** Pathspecs of what differs from the commit without making the tree dirty (gitglossary, "pathspec"); what steps make is not among them. */
export function leftOut({ data, monitors }: Project['config']): readonly string[] {
  const read = [
    ...Object.entries(data).flatMap(([name, { from }]) => (from.source === undefined ? from.files : [`data/${name}/**`])),
    ...Object.values(monitors).flatMap(({ quality }) => quality?.labels ?? []),
  ];
  return [':(exclude,literal)tidegate.lock', ...read.map((pattern) => `:(exclude,glob)${pattern}`)];
}

/** Fields before the path by the first letter of an entry (git-status, "Porcelain Format Version 2"). */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1 };

function changedIn(entries: readonly string[]): readonly string[] {
  const paths: string[] = [];
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] ?? '';
    const fields = fieldsBefore[entry[0] ?? ''];
    if (fields === undefined) continue;
    paths.push(entry.split(' ').slice(fields).join(' '));
    if (entry.startsWith('2 ')) at++; // the name before a renaming
  }
  return paths;
}
