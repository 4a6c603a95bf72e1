import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = resolve(import.meta.dirname, 'rival.txt');

/** A Python with what `rival.txt` lists, in a virtual environment that is made at the first call. */
export async function rivalPython(): Promise<string> {
  const folder = resolve(import.meta.dirname, '../../build/bench/rival');
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', unfinished]);
    await run(join(unfinished, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    await rename(unfinished, folder); // its python still finds what is beside it
  }
  return join(folder, 'bin/python');
}
