import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command, Peer } from '../peer.ts';

export const borg: Peer = {
  name: 'borg',
  install: async () => {
    const { status, stdout } = spawnSync('borg', ['--version'], { encoding: 'utf8' });
    if (status !== 0) return 'there is no borg';
    const run = (...words: readonly string[]): Command => ['borg', ...words];
    return {
      version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '',
      variables: ({ home }) => ({
        BORG_REPO: join(home, 'repository'),
        BORG_BASE_DIR: join(home, 'base'),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
      }),
      prepare: () => [run('init', '--encryption', 'none')],
      add: () => [run('create', '--compression', 'lz4', '::{now:%Y%m%d%H%M%S%f}', 'data')],
      commit: () => [],
      status: null,
      checkout: () => [['sh', '-c', 'borg extract ::$(borg list --last 1 --short)']],
      push: null,
      stored: ({ home }) => [join(home, 'repository')],
      check: () => [run('check', '--verify-data')],
      collect: () => [run('compact')],
      forgetFormer: () => [run('create', '--compression', 'lz4', '::{now:%Y%m%d%H%M%S%f}', 'data')],
      collectAtOnce: () => [run('prune', '--keep-last', '1'), run('compact')],
    };
  },
};
