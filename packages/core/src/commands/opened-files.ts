import { join, normalize, sep } from 'node:path';
import { failure } from '@tidegate/formats';
import { existsSync, type Platform, readTextIfThere, sandboxWorkspace, statSync } from '../platform/index.ts';
import { findProgram } from './find-program.ts';

/** The command, with each file that it and what it starts look for noted in `file`, by strace. @throws TG-COMMANDS-NO-PROGRAM without it */
export async function noting(argv: readonly string[], file: string, platform: Platform): Promise<readonly string[]> {
  const strace = await findProgram('strace', platform);
  if (strace === null)
    throw failure(
      'TG-COMMANDS-NO-PROGRAM',
      'Cannot trace a step: there is no "strace" on PATH',
      'Install it; on Debian: apt-get install strace',
    );
  return [strace, '-f', '--seccomp-bpf', '-qq', '-y', '-s', '4096', '-e', 'trace=%file', '-e', 'signal=none', '-o', file, ...argv];
}

export interface Places {
  /** The user's tree. */
  readonly root: string;
  readonly workspace: string;
}

/**
 * Files of the project that a command looked for and does not declare, sorted; also folders that it wanted to list. A file named by its place in the
 * user's tree counts, whether it could be read there or not.
 *
 * @param file what {@link noting} has written; nothing is found where it is not there
 */
export async function undeclaredReads(file: string, places: Places): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const line of ((await readTextIfThere(file)) ?? '').split('\n')) {
    const path = undeclaredIn(line, places);
    if (path !== null) found.add(path);
  }
  return [...found].toSorted();
}

/** `12 openat(AT_FDCWD</workspace>, "data/a.csv", O_RDONLY) = -1 ENOENT (No such file or directory)`: call, folder, path. */
const callLine = /^\d* *(\w+)\((?:[\w-]+<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/;

function undeclaredIn(line: string, { root, workspace }: Places): string | null {
  const [, call = '', folder = sandboxWorkspace, named = ''] = callLine.exec(line) ?? [];
  const path = named.startsWith('/') ? normalize(named) : join(folder, named);
  const place = [sandboxWorkspace, workspace, root].find((one) => path.startsWith(one + sep));
  if (named === '' || place === undefined) return null;
  const relative = path.slice(place.length + 1);
  if (existsSync(join(workspace, relative)) || !existsSync(join(root, relative))) return null;
  return call.startsWith('open') || statSync(join(root, relative)).isFile() ? relative : null; // a folder is looked at for many reasons
}
