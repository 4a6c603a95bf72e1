import { join } from 'node:path';
import type { Command, Peer } from '../peer.ts';
import { inVenv } from './in-venv.ts';

export const dvc: Peer = {
  name: 'DVC',
  install: async (folder) => {
    const venv = inVenv(join(folder, 'data-dvc'), 'dvc==3.67.1');
    if (typeof venv === 'string') return venv;
    const run = (...words: readonly string[]): Command => [join(venv.bin, 'dvc'), ...words];
    return {
      version: venv.version,
      variables: () => ({ DVC_NO_ANALYTICS: '1' }),
      prepare: ({ remote }) => [
        ['git', 'init', '-q'],
        run('init', '-q'),
        run('config', 'core.analytics', 'false'),
        run('config', 'core.check_update', 'false'),
        run('remote', 'add', '-q', '-d', 'store', remote),
      ],
      add: () => [run('add', '-q', 'data')],
      commit: () => [],
      status: () => [run('status')],
      checkout: () => [run('checkout', '-q', '--force')],
      push: () => [run('push', '-q')],
      stored: ({ project }) => [join(project, '.dvc')],
      check: null,
      collect: () => [run('gc', '-q', '-w', '-f')],
      forgetFormer: () => [run('add', '-q', 'data')],
      collectAtOnce: () => [run('gc', '-q', '-w', '-f')],
    };
  },
};
