import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { published } from '../../engine/peers/tidegate.ts';
import type { Command, Peer } from '../peer.ts';

/** The packages as published, built from this checkout. */
export const tidegate: Peer = {
  name: 'Tidegate',
  install: async (folder) => {
    const program = await published(folder);
    const run = (...words: readonly string[]): Command => [process.execPath, program, ...words];
    return {
      version: execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' }).trim(),
      variables: ({ home }) => ({ TIDEGATE_HOME: home }),
      prepare: ({ project }) => {
        writeFileSync(join(project, 'tidegate.yaml'), 'version: 1\nproject: bench\ndata: { files: { from: { files: data } } }\n');
        return [];
      },
      add: () => [run('data', 'add')],
      commit: () => [run('data', 'commit')],
      status: () => [run('data', 'status')],
      checkout: () => [run('data', 'checkout', 'files', '--force')],
      push: ({ remote }) => [run('data', 'push', '--remote', remote)],
      stored: ({ home }) => [home],
      check: () => [run('store', 'fsck')],
      collect: () => [run('data', 'gc')],
      forgetFormer: () => [run('data', 'add'), run('data', 'commit')],
      collectAtOnce: () => [run('store', 'gc', '--keep-runs', '1', '--keep-days', '0', '--grace', '0s')],
    };
  },
};
