import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, times } from '../peer.ts';

export const dvc: Peer = {
  name: 'DVC repro',
  mostSteps: (shape) => (shape === 'chain' ? 1_000 : 100), // one shape of 1,000 stages tells enough, for seven minutes
  limitSeconds: 420,
  install: async (folder) => {
    const program = join(folder, 'dvc/bin/dvc');
    if (!existsSync(program)) {
      mkdirSync(folder, { recursive: true });
      spawnSync('python3', ['-m', 'venv', join(folder, 'dvc')]);
      spawnSync(join(folder, 'dvc/bin/pip'), ['install', '--quiet', 'dvc']);
    }
    if (!existsSync(program)) return null;
    const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim();
    return {
      version,
      argv: [program, 'repro'],
      variables: () => ({ DVC_NO_ANALYTICS: '1' }),
      prepare: [
        [program, 'init', '-q'],
        [program, 'config', 'core.analytics', 'false'],
        [program, 'config', 'core.check_update', 'false'],
      ],
    };
  },
  describe: ({ steps }) => ({
    'dvc.yaml': JSON.stringify({
      stages: Object.fromEntries(
        steps.map(({ name, inputs, output, argv }) => [name, { cmd: argv.join(' '), deps: inputs, outs: [output] }]),
      ),
    }),
  }),
  ran: times(/^Running stage/gm),
};
