import { basename, join, relative, sep } from 'node:path';
import { failure } from '@tidegate/formats';
import { capture, existsSync, realpath } from '../../platform/index.ts';

/** Where the hooks of a repository lie, and the project in it. */
export interface HooksPlace {
  /** Top folder of the working tree, absolute. */
  readonly top: string;
  /** The project's folder below it, with `/`; `.` when it is the top itself. */
  readonly project: string;
  /** Where Git looks for hooks: what `core.hooksPath` says, then `hooks` of the repository; all its working trees share it. */
  readonly hooks: string;
  /** Who writes the hooks there: Git's users, or Husky (https://typicode.github.io/husky), which calls the scripts in the folder above by their names. */
  readonly madeBy: 'anybody' | 'husky';
  /** What all working trees of the repository share. */
  readonly common: string;
}

/**
 * @throws TG-HOOKS-NO-REPOSITORY; TG-HOOKS-ELSEWHERE when hooks are looked for in a folder that other repositories use as well
 */
export async function hooksPlace(root: string): Promise<HooksPlace> {
  const [top, common, hooks] = await Promise.all([
    git(root, ['rev-parse', '--show-toplevel']),
    git(root, ['rev-parse', '--path-format=absolute', '--git-common-dir']),
    git(root, ['rev-parse', '--path-format=absolute', '--git-path', 'hooks']),
  ]);
  if (top === null || common === null || hooks === null)
    throw failure(
      'TG-HOOKS-NO-REPOSITORY',
      `Cannot install hooks for "${root}": it is in no working tree of a Git repository`,
      'Run "git init" first',
    );
  await refuseShared(root);
  const below = relative(await realpath(top), await realpath(root))
    .split(sep)
    .join('/');
  const isHusky = basename(hooks) === '_' && existsSync(join(hooks, 'h'));
  return { top, project: below === '' ? '.' : below, hooks, madeBy: isHusky ? 'husky' : 'anybody', common };
}

async function refuseShared(root: string): Promise<void> {
  const found = await git(root, ['config', '--show-scope', '--get', 'core.hooksPath']);
  const [scope = 'local', path = ''] = found?.split('\t') ?? [];
  if (scope === 'local' || scope === 'worktree') return;
  throw failure(
    'TG-HOOKS-ELSEWHERE',
    `Cannot install hooks: Git looks for them in "${path}" (core.hooksPath of the ${scope} configuration), which other repositories use as well`,
    `Give this repository a folder of its own: git config --local core.hooksPath .git/hooks`,
  );
}

/** What Git printed, without the line's end; null when it failed. */
export async function git(cwd: string, words: readonly string[]): Promise<string | null> {
  const { code, stdout } = await capture(['git', ...words], { cwd });
  return code === 0 ? stdout.trimEnd() : null;
}

/** Where our merge driver lies. */
export function mergeScriptPath({ common }: Pick<HooksPlace, 'common'>): string {
  return join(common, 'tidegate', 'merge-lock');
}
