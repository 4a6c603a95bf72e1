import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { existsSync, homedir, linkTarget, readdirSync, type Shown, systemFolders } from '../platform/index.ts';

/**
 * What a sandbox must show besides the system's folders, so that programs of the user start in it: the virtual environment and the
 * installation of Python that it was made with, wherever they lie; folders of a declared PATH; a program that is named by its path.
 * Never the user's home folder as a whole.
 */
export function shownPaths(wanted: { readonly programs: readonly string[]; readonly folders: readonly string[] }): readonly Shown[] {
  const shown = [
    ...wanted.programs.filter(isAbsolute).flatMap(programParts),
    ...wanted.folders.filter(isAbsolute).map((folder) => pathOf(installationOf(folder) ?? folder)),
  ].filter((one) => !isOfSystem(one.path) && existsSync(one.path));
  return [...new Map(shown.map((one) => [one.path, one])).values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The program with what it needs beside it; where it is a link, also what the link leads to, and so on. */
function programParts(program: string): readonly Shown[] {
  const installation = installationOf(dirname(program));
  const target = linkTarget(program);
  const own: Shown =
    installation !== null ? pathOf(installation) : target === null ? pathOf(program) : { kind: 'link', path: program, target }; // a copy of it would look for its libraries where the link lies
  return [own, ...(target === null ? [] : programParts(target))];
}

const pathOf = (path: string): Shown => ({ kind: 'path', path });

/** The folder that holds `bin` and what belongs to its programs; null when `folder` is none such or holds more than programs. */
function installationOf(folder: string): string | null {
  const above = dirname(folder);
  if (basename(folder) !== 'bin') return null;
  const isOwn = existsSync(join(above, 'pyvenv.cfg')) || existsSync(join(above, 'conda-meta')) || hasStandardLibrary(join(above, 'lib'));
  return isOwn && !isAtOrBelow(homedir(), above) ? above : null;
}

function hasStandardLibrary(lib: string): boolean {
  return existsSync(lib) && readdirSync(lib).some((name) => /^(python|pypy)3/.test(name) && existsSync(join(lib, name, 'os.py')));
}

const isOfSystem = (path: string): boolean => ['/bin', '/sbin', ...systemFolders].some((folder) => isAtOrBelow(path, folder));

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
