import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command, Peer } from '../peer.ts';

export const restic: Peer = {
  name: 'restic',
  install: async () => {
    const { status, stdout } = spawnSync('restic', ['version'], { encoding: 'utf8' });
    if (status !== 0) return 'there is no restic';
    const run = (...words: readonly string[]): Command => ['restic', '-q', ...words];
    const repository = (home: string): string => join(home, 'repository');
    return {
      version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '',
      variables: ({ home }) => ({
        RESTIC_REPOSITORY: repository(home),
        RESTIC_PASSWORD: 'bench',
        RESTIC_FROM_PASSWORD: 'bench',
        RESTIC_CACHE_DIR: join(home, 'cache'),
      }),
      prepare: ({ remote }) => [run('init'), run('-r', remote, 'init')],
      add: () => [run('backup', 'data')],
      commit: () => [],
      status: () => [['restic', 'backup', '--dry-run', 'data']],
      checkout: ({ project }) => [run('restore', 'latest', '--target', project)],
      push: ({ home, remote }) => [run('-r', remote, 'copy', '--from-repo', repository(home))],
      stored: ({ home }) => [repository(home)],
      check: () => [run('check', '--read-data')],
      collect: () => [run('forget', '--keep-last', '1000', '--prune')],
      forgetFormer: () => [run('backup', 'data')],
      collectAtOnce: () => [run('forget', '--keep-last', '1', '--prune')],
    };
  },
};
