import { join } from 'node:path';
import type { Command, Peer } from '../peer.ts';
import { inVenv } from './in-venv.ts';

/** Through its Python library: the package has no command line, it shares through a server only, and has no garbage collection. */
export const oxen: Peer = {
  name: 'Oxen',
  install: async (folder) => {
    const venv = inVenv(join(folder, 'data-oxen'), 'oxenai==0.65.1');
    if (typeof venv === 'string') return venv;
    const run = (code: string): Command => [join(venv.bin, 'python'), '-c', `from oxen import Repo\nrepo = Repo('.')\n${code}`];
    return {
      version: venv.version,
      variables: ({ home }) => ({ HOME: home }),
      prepare: () => [
        [
          join(venv.bin, 'python'),
          '-c',
          "from oxen.user import config_user\nconfig_user('bench', 'bench@localhost')\nfrom oxen import Repo\nRepo('.').init()",
        ],
      ],
      add: () => [run("repo.add('data')")],
      commit: () => [run("repo.commit('Data')")],
      status: () => [run('print(repo.status().unstaged_modified_files())')],
      // its "checkout" leaves alone what is away
      checkout: () => [run("repo.restore('data')")],
      push: null,
      stored: ({ project }) => [join(project, '.oxen')],
      check: null,
      collect: null,
      forgetFormer: () => [],
      collectAtOnce: null,
    };
  },
};
