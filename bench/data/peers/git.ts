import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Installed, Peer } from '../peer.ts';

const run = (...words: readonly string[]): Command => ['git', '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...words];

const plain: Omit<Installed, 'version'> = {
  variables: () => ({ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0' }),
  prepare: ({ remote }) => [
    run('init', '-q', '-b', 'main'),
    run('config', 'gc.auto', '0'),
    run('init', '-q', '--bare', remote),
    run('remote', 'add', 'store', remote),
  ],
  add: () => [run('add', 'data')],
  commit: () => [run('commit', '-qm', 'Data')],
  status: () => [run('status', '--short')],
  checkout: () => [run('checkout', '-q', 'HEAD', '--', 'data')],
  push: () => [run('push', '-q', 'store', 'main')],
  stored: ({ project }) => [join(project, '.git')],
  check: () => [run('fsck', '--no-dangling')],
  collect: () => [run('gc', '-q', '--prune=now')],
  forgetFormer: () => [
    run('add', 'data'),
    run('commit', '-q', '--amend', '-m', 'Data'),
    run('update-ref', '-d', 'refs/remotes/store/main'),
    run('reflog', 'expire', '--expire=now', '--all'),
  ],
  collectAtOnce: () => [run('gc', '-q', '--prune=now')],
};

export const git: Peer = {
  name: 'Git',
  install: async () => {
    const version = versionOf(['git', '--version']);
    return version === null ? 'there is no git' : { ...plain, version };
  },
};

export const gitLfs: Peer = {
  name: 'git-lfs',
  install: async () => {
    const version = versionOf(['git', 'lfs', 'version']);
    if (version === null) return 'there is no git-lfs';
    return {
      ...plain,
      version,
      prepare: (place) => {
        writeFileSync(join(place.project, '.gitattributes'), 'data/** filter=lfs diff=lfs merge=lfs -text\n');
        return [...plain.prepare(place), run('lfs', 'install', '--local')];
      },
      collect: () => [run('lfs', 'prune')],
      collectAtOnce: () => [run('lfs', 'prune')],
    };
  },
};

function versionOf([program, ...words]: Command): string | null {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? null) : null;
}
