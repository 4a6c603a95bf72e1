import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A package of PyPI in a virtual environment of its own, installed once; a text that says why it cannot be had.
 *
 * @param pinned its name and version, such as `dvc==3.67.1`
 */
export function inVenv(folder: string, pinned: string): { readonly bin: string; readonly version: string } | string {
  const bin = join(folder, 'bin');
  if (!existsSync(join(folder, 'installed'))) {
    const made = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' });
    if (made.status !== 0) return lastLine(made.stderr);
    const installed = spawnSync(join(bin, 'pip'), ['install', '--quiet', pinned], { encoding: 'utf8' });
    if (installed.status !== 0) return lastLine(installed.stderr);
    spawnSync('touch', [join(folder, 'installed')]);
  }
  const [name = pinned] = pinned.split('==');
  const { stdout } = spawnSync(join(bin, 'pip'), ['show', name], { encoding: 'utf8' });
  return { bin, version: /^Version: (.*)$/m.exec(stdout)?.[1] ?? '' };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
