import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages of a tool, each tool in a virtual environment of its own. */
export interface Packages {
  readonly name: string;
  readonly packages: readonly string[];
  /** Finds versions that fit each other by uv, where pip looks for longer than anybody waits. Default: pip. */
  readonly resolver?: 'uv';
}

export interface InstalledPackages {
  readonly python: string;
  readonly bin: string;
  readonly version: string;
}

/** @returns a text that says why it cannot be had */
export function install(folder: string, { name, packages, resolver }: Packages): InstalledPackages | string {
  const venv = join(folder, name.toLowerCase().replaceAll(/[^a-z]+/g, '-'));
  const bin = join(venv, 'bin');
  const done = join(venv, 'installed');
  if (!existsSync(done)) {
    const pip = [join(bin, 'pip'), 'install', '--quiet', '--disable-pip-version-check'];
    const said = [
      ['python3', '-m', 'venv', venv],
      ...(resolver === 'uv'
        ? [
            [...pip, 'uv'],
            [join(bin, 'uv'), 'pip', 'install', '--quiet', '--python', join(bin, 'python'), ...packages],
          ]
        : [[...pip, ...packages]]),
    ]
      .map(([program = '', ...words]) => spawnSync(program, words, { encoding: 'utf8' }))
      .find(({ status }) => status !== 0);
    if (said !== undefined) return said.stderr.trim().split('\n').at(-1) ?? 'no message';
    writeFileSync(done, '');
  }
  const [first = ''] = packages;
  const shown = spawnSync(join(bin, 'pip'), ['show', first.replace(/[[=<].*/, '')], { encoding: 'utf8' });
  return { python: join(bin, 'python'), bin, version: /^Version: (.*)$/m.exec(shown.stdout)?.[1] ?? '' };
}
