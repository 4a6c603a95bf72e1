import { dirname, join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { lockFileName } from '../../config/index.ts';
import { capture, existsSync, readTextIfThere, systemPlatform } from '../../platform/index.ts';
import { digestsIn } from '../../store/index.ts';

/** What the lock file of one branch, tag or working tree pins. */
export interface PinnedBy {
  /** `refs/heads/main`, `refs/tags/v1`, or "the working tree". */
  readonly ref: string;
  readonly digests: ReadonlySet<Digest>;
}

/** Revisions that Git is asked about in one command line. */
const revisionsAtOnce = 500;

/**
 * The pins of a project in every branch, remote branch, tag, stash and detached head of its repository, and in its working tree. Only digests are
 * looked for, so a lock file of another version, or one with a conflict in it, pins as well.
 *
 * @returns null when the folder is there but Git cannot read its repository, or when the folder is gone
 */
export async function lockPins(root: string): Promise<readonly PinnedBy[] | null> {
  if (!existsSync(root)) return null;
  const own = await readTextIfThere(join(root, lockFileName)).catch(() => null);
  const inTree: PinnedBy = { ref: 'the working tree', digests: digestsIn(own ?? '') };
  const inside = await git(root, ['rev-parse', '--is-inside-work-tree']);
  if (inside.code !== 0) return isInNoRepository(root) ? [inTree] : null;
  const revisions = await revisionsOf(root);
  if (revisions === null) return null;
  const found: PinnedBy[] = [inTree];
  for (let at = 0; at < revisions.size; at += revisionsAtOnce) {
    const some = [...revisions].slice(at, at + revisionsAtOnce);
    const pinned = await pinnedIn(root, some);
    if (pinned === null) return null;
    found.push(...pinned);
  }
  return found;
}

/** A repository that Git does not read may be broken, or belong to somebody else. */
function isInNoRepository(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return false;
  return dirname(folder) === folder || isInNoRepository(dirname(folder));
}

/** Commit → one of the names that lead to it. */
async function revisionsOf(root: string): Promise<ReadonlyMap<string, string> | null> {
  const format = '--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)';
  const refs = await git(root, ['for-each-ref', format]);
  if (refs.code !== 0) return null;
  const found = new Map<string, string>();
  for (const line of refs.stdout.split('\n')) {
    const [type, name, peeledType, peeledName, ref = ''] = line.split(' ');
    if (type === 'commit' && name !== undefined) found.set(name, ref);
    else if (peeledType === 'commit' && peeledName !== undefined) found.set(peeledName, ref);
  }
  const head = await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code === 0 && !found.has(head.stdout.trim())) found.set(head.stdout.trim(), 'HEAD');
  return found;
}

/** Git prints `COMMIT:PATH:DIGEST` for each match; 1 means that there is none. */
async function pinnedIn(root: string, revisions: readonly (readonly [string, string])[]): Promise<readonly PinnedBy[] | null> {
  const pattern = 'sha256:[0-9a-f]{64}';
  const commits = revisions.map(([commit]) => commit);
  const { code, stdout } = await git(root, ['grep', '--only-matching', '-E', '-e', pattern, ...commits, '--', lockFileName]);
  if (code > 1) return null;
  const lines = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const commit = line.slice(0, line.indexOf(':'));
    lines.set(commit, [...(lines.get(commit) ?? []), line]);
  }
  return revisions.flatMap(([commit, ref]) => {
    const own = lines.get(commit);
    return own === undefined ? [] : [{ ref, digests: digestsIn(own.join('\n')) }];
  });
}

function git(root: string, words: readonly string[]): ReturnType<typeof capture> {
  const variables = { ...systemPlatform.variables, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  return capture(['git', ...words], { cwd: root, variables });
}
