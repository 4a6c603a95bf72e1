import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import {
  type FollowedDataset,
  followLock,
  type HookName,
  isCommitByGit,
  lastPlaced,
  noteInStep,
  type Project,
  projectsOf,
  type UnsharedPin,
  unsharedPins,
} from '@tidegate/core';
import { type Diagnostic, failure, shortDigest, TidegateError } from '@tidegate/formats';
import type { Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import { followedLines } from '../render/followed-view.ts';

const zeros = /^0+$/;

/** What Git has a hook do, for every project of the repository that it was installed for. Git gives the words, and calls it at the top of the working tree. */
export async function callHook(name: HookName, words: readonly string[], invocation: Invocation): Promise<number> {
  const projects = (await projectsOf(invocation.cwd)).map((below) => join(invocation.cwd, below));
  if (name !== 'pre-push') {
    const change = name === 'post-commit' ? await changeOfCommit(invocation.cwd) : changeIn(name, words);
    if (change !== null) for (const cwd of projects) await keepInStep({ ...invocation, cwd }, change);
    return 0;
  }
  const input = process.stdin.isTTY ? '' : await textOf(process.stdin);
  for (const cwd of projects) {
    using project = await openHere({ ...invocation, cwd });
    await refuseUnshared(project, input);
  }
  return 0;
}

interface FilesChanged {
  /** The commit whose versions the working tree has had; `as placed`: those whose files are there; null when nobody knows. */
  readonly before: { readonly commit: string } | 'as placed' | null;
}

/** Null when Git has changed no file. */
function changeIn(
  name: Exclude<HookName, 'pre-push' | 'post-commit'>,
  [first = '', second = '', third = '']: readonly string[],
): FilesChanged | null {
  if (name === 'post-index-change') return first === '1' ? { before: 'as placed' } : null;
  if (name === 'post-merge') return { before: { commit: 'ORIG_HEAD' } };
  if (name === 'post-rewrite') return first === 'rebase' ? { before: 'as placed' } : null;
  if (third === '0') return { before: null }; // files of the same commit, perhaps the lock
  return first === second ? null : { before: zeros.test(first) ? null : { commit: first } };
}

/** Whoever commits has the files as they are to be; where Git made the commit, they are those of the one before. */
async function changeOfCommit(cwd: string): Promise<FilesChanged | null> {
  return (await isCommitByGit(cwd)) ? { before: { commit: 'HEAD^' } } : null;
}

/** Git is done: what goes wrong here is said and changes nothing of that. */
async function keepInStep(invocation: Invocation, { before }: FilesChanged): Promise<void> {
  const { terminal, json } = invocation;
  try {
    using project = await openHere(invocation);
    const known = before === 'as placed' ? await lastPlaced(project.root) : (before?.commit ?? null);
    if (before === 'as placed' && known === null) return; // what lies there may be somebody's work
    const followed: readonly FollowedDataset[] = await followLock(project, known);
    const absent = new Set(followed.filter((one) => one.absent !== 0).map(({ dataset }) => dataset));
    await noteInStep(project.root, (dataset) => !absent.has(dataset));
    if (json) terminal.json({ project: project.name, followed });
    for (const line of followedLines(followed)) terminal.error(line);
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const codes = error.diagnostics.map(({ code }) => code);
    if (codes.includes('TG-CLI-NO-PROJECT')) return; // this commit has none
    if (before === 'as placed' && codes.includes('TG-CONFIG-LOCK-CONFLICT')) return; // a merge is under way, which tells it itself
    terminal.error('tidegate: data was not brought in step with tidegate.lock:');
    for (const diagnostic of error.diagnostics) for (const line of diagnosticLines(diagnostic, terminal)) terminal.error(line);
  }
}

/** @throws TG-HOOKS-NOT-SHARED with a diagnostic for each version */
async function refuseUnshared(project: Project, input: string): Promise<void> {
  const [first, ...more] = (await unsharedPins(project, input)).map((pin) => notShared(pin, project.remote?.address ?? ''));
  if (first !== undefined) throw new TidegateError([first, ...more]);
}

function notShared({ dataset, version, commit, isHead, missing }: UnsharedPin, address: string): Diagnostic {
  const lacks =
    missing === null ? 'does not have it, and neither does this machine' : `lacks ${missing.objects} of its ${missing.of} objects`;
  const what = `data.${dataset} ${shortDigest(version)} of ${commit.slice(0, 7)}`;
  const share = `${isHead ? 'Run' : 'Check that commit out, run'} "tidegate data push"`;
  const first = missing === null ? `Run "tidegate run" to read the data anew, and commit tidegate.lock` : share;
  const hint = `${first}, then push again; "git push --no-verify" pushes without`;
  return failure('TG-HOOKS-NOT-SHARED', `Cannot push ${what}: the remote "${address}" ${lacks}`, hint).diagnostics[0];
}
