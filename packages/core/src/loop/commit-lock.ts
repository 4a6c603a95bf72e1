import { failure, type MovedPin, type PathReason } from '@tidegate/formats';
import { type Lock, lockFileName, parseLock, readLock } from '../config/index.ts';
import { type Captured, capture } from '../platform/index.ts';
import type { Project } from '../project/index.ts';

export interface LockCommit {
  readonly commit: string;
  /** The commit it was made on. */
  readonly parent: string;
  readonly moved: readonly MovedPin[];
}

/** Longer no hook of a commit may take. */
const longestMs = 120_000;
const author = { name: 'tidegate up', email: 'tidegate-up@localhost' };

/**
 * Commits `tidegate.lock` and nothing else, if it differs from the last commit: what is staged or changed besides stays as it is.
 * Hooks run as for everybody, and may refuse. The author is `tidegate up`; the committer as well, unless Git knows one.
 *
 * @returns null when there is nothing to commit
 * @throws TG-LOOP-COMMIT with what Git said
 */
export async function commitLock(project: Project, why: { readonly run: string; readonly reason: PathReason }): Promise<LockCommit | null> {
  const git = gitIn(project);
  const { stdout: status } = await git(['status', '--porcelain=v2', '--', lockFileName]);
  if (status === '') return null;
  const parent = (await git(['rev-parse', 'HEAD'])).stdout.trim();
  const [before, after] = [await lockOfCommit(git), await readLock(project.root)];
  const moved = movedPins(before, after);
  if (status.startsWith('?')) await demand(git(['add', '--intent-to-add', '--', lockFileName]));
  const message = commitMessage(moved, why);
  const by = `${author.name} <${author.email}>`;
  await demand(git(['commit', '--quiet', '--only', '--author', by, '--message', message, '--', lockFileName], await committer(git)));
  return { commit: (await git(['rev-parse', 'HEAD'])).stdout.trim(), parent, moved };
}

type Git = (argv: readonly string[], more?: { readonly [name: string]: string }) => Promise<Captured>;

function gitIn({ root, platform }: Project): Git {
  const quiet = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true' };
  return (argv, more = {}) =>
    capture(['git', ...argv], { cwd: root, variables: { ...platform.variables, ...quiet, ...more }, timeoutMs: longestMs });
}

async function demand(asked: Promise<Captured>): Promise<void> {
  const { code, stdout, stderr } = await asked;
  if (code === 0) return;
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join('; ');
  throw failure(
    'TG-LOOP-COMMIT',
    `Cannot commit "${lockFileName}": ${said === '' ? `git ended with ${code}` : said}`,
    `Do it by hand: git commit ${lockFileName}`,
  );
}

/** Variables for who commits, where Git does not know. */
async function committer(git: Git): Promise<{ readonly [name: string]: string }> {
  const known = await Promise.all(['user.name', 'user.email'].map((key) => git(['config', '--get', key])));
  if (known.every(({ code }) => code === 0)) return {};
  return { GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email };
}

async function lockOfCommit(git: Git): Promise<Lock> {
  const { code, stdout } = await git(['show', `HEAD:./${lockFileName}`]);
  return parseLock(code === 0 ? stdout : '');
}

const sections = ['data', 'features', 'packages'] as const;

/** Pins that differ, in the order of the file. */
function movedPins(before: Lock, after: Lock): readonly MovedPin[] {
  return sections.flatMap((section) => {
    const names = [...new Set([...Object.keys(before[section]), ...Object.keys(after[section])])].toSorted();
    return names.flatMap((name): readonly MovedPin[] => {
      const pin = { section, name, before: before[section][name] ?? null, after: after[section][name] ?? null };
      return pin.before === pin.after ? [] : [pin];
    });
  });
}

/** Subject line with the pins, below it what moved them and from where to where. */
function commitMessage(moved: readonly MovedPin[], { run, reason }: { readonly run: string; readonly reason: PathReason }): string {
  const names = moved.map(({ section, name }) => `${section}.${name}`);
  const few = names.slice(0, 3).join(', ');
  const subject = names.length === 0 ? 'Write the lock anew' : `Pin ${few}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  const short = (digest: string | null): string => digest?.slice(7, 19) ?? 'none';
  const lines = moved.map(({ section, name, before, after }) => `${section}.${name}: ${short(before)} -> ${short(after)}`);
  return [subject, '', `The gate passed with these inputs (${causeOf(reason)}).`, '', ...lines, '', `Tidegate-Run: ${run}`].join('\n');
}

function causeOf(reason: PathReason): string {
  switch (reason.kind) {
    case 'monitor':
      return `retraining, asked for by the monitor ${reason.monitor}`;
    case 'asked':
      return 'a run that was asked for';
    case 'data-changed':
      return 'changed data';
    case 'source-read':
      return `new data of ${reason.datasets.join(', ')}`;
    case 'again':
      return 'another try';
    case 'new-commit':
    case 'goal-changed':
      return 'a new commit';
  }
}
