import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Graph } from '../graph.ts';
import { type Peer, times } from '../peer.ts';

/** Called as `npm run` would call it, without the half second that npm takes. */
export const wireit: Peer = {
  name: 'Wireit',
  mostSteps: () => 1_000,
  install: async (folder) => {
    const package_ = join(folder, 'wireit/node_modules/wireit');
    if (!existsSync(package_)) {
      mkdirSync(join(folder, 'wireit'), { recursive: true });
      writeFileSync(join(folder, 'wireit/package.json'), '{}');
      spawnSync('npm', ['install', 'wireit', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: join(folder, 'wireit') });
    }
    if (!existsSync(package_)) return null;
    const { version } = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8')) as { version: string };
    return {
      version,
      argv: [process.execPath, join(package_, 'bin/wireit.js')],
      variables: (project) => ({
        PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
        npm_lifecycle_event: 'all',
        npm_package_json: join(project, 'package.json'),
        npm_config_user_agent: 'npm/11.0.0',
        npm_execpath: 'npm',
        WIREIT_PARALLEL: '2',
        WIREIT_LOGGER: 'simple',
      }),
    };
  },
  describe: (graph) => ({ 'package.json': JSON.stringify({ name: 'bench', version: '1.0.0', ...scriptsOf(graph) }) }),
  ran: times(/Executed successfully/g),
};

function scriptsOf({ steps }: Graph): object {
  const makers = new Map(steps.map(({ name, output }) => [output, name]));
  const wired = steps.map(({ name, inputs, output, argv }) => [
    name,
    {
      command: argv.join(' '),
      dependencies: inputs.flatMap((input) => makers.get(input) ?? []),
      files: inputs.filter((input) => !makers.has(input)),
      output: [output],
    },
  ]);
  const names = [...steps.map(({ name }) => name), 'all'];
  return {
    scripts: Object.fromEntries(names.map((name) => [name, 'wireit'])),
    wireit: { ...Object.fromEntries(wired), all: { dependencies: [steps.at(-1)?.name] } },
  };
}
