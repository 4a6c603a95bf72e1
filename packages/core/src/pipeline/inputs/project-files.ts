import { join, sep } from 'node:path';
import { compareCodeUnits, type Diagnostic, nearest, TidegateError } from '@tidegate/formats';
import { type Dirent, entryAt, isForeignName, readdirSync, realpathSync } from '../../platform/index.ts';
import { type FileStat, isTreePath } from '../../store/index.ts';
import { isGlob, parseGlob } from './glob.ts';
import { below, type FolderTree, walkGlob } from './glob-walk.ts';

/** A file of the user's tree. */
export interface FoundFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  /** Where its bytes are: its own path, or for a symbolic link that of the file it leads to. */
  readonly file: string;
  readonly stat: FileStat;
}

export interface ProjectFiles {
  /**
   * Files that a path, a folder or a glob means, sorted; none when nothing matches. A folder means everything below it.
   * @throws TG-PIPELINE-INPUT-OUTSIDE, TG-PIPELINE-INPUT-NAME
   */
  readonly matching: (pattern: string) => readonly FoundFile[];
  /** The name in the same folder that was most likely meant by a path that is not there. */
  readonly nearestTo: (path: string) => string | null;
}

/**
 * The files of a project as they are now; every folder is read at most once. `build/`, the folders `except` (absolute) and what
 * other programs keep for themselves are left out. Symbolic links to files of the project are followed; links to folders only
 * when the pattern names them.
 */
export function projectFiles(root: string, except: readonly string[] = []): ProjectFiles {
  const real = realpathSync(root);
  const left = new Set(except.flatMap((path) => (path.startsWith(real + sep) ? [path.slice(real.length + 1)] : [])));
  const folders = new Map<string, readonly Dirent[]>();
  const found = new Map<string, FoundFile | null>();

  const isForeign = (path: string): boolean => isForeignName(path.slice(path.lastIndexOf('/') + 1)) || path === 'build' || left.has(path);

  const entriesOf = (folder: string): readonly Dirent[] => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    refuseUnreadable(real, folder);
    const entries = readFolder(join(real, folder)).filter((entry) => !isForeign(below(folder, entry.name)));
    folders.set(folder, entries);
    return entries;
  };

  const fileAt = (path: string): FoundFile | null => {
    const known = found.get(path);
    if (known !== undefined) return known;
    const file = statFile(real, path);
    found.set(path, file);
    return file;
  };

  const everythingBelow = (folder: string): readonly string[] => {
    const paths: string[] = [];
    const waiting = [folder];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
      for (const entry of entriesOf(at)) (entry.isDirectory() ? waiting : paths).push(below(at, entry.name));
    return paths;
  };

  const literal = (path: string): readonly string[] => {
    if (path !== '' && path.split('/').some((_, index, parts) => isForeign(parts.slice(0, index + 1).join('/')))) return [];
    const end = entryAt(join(real, path)) === null ? null : insideOf(real, path);
    if (end === null) return [];
    return entryAt(end)?.isDirectory() ? everythingBelow(path) : [path];
  };

  const tree: FolderTree = {
    entriesOf,
    isFile: (path) => {
      refuseUnreadable(real, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
      return literal(path)[0] === path;
    },
    mayEnter: (path) => insideOf(real, path) !== null,
  };

  return {
    matching: (pattern) => {
      const path = normalised(pattern);
      const literally = literal(path);
      const paths = literally.length > 0 || !isGlob(path) ? literally : (parseGlob(path) ?? []).flatMap((parts) => walkGlob(parts, tree));
      return [...new Set(paths)].sort(compareCodeUnits).flatMap((candidate) => fileAt(candidate) ?? []);
    },
    nearestTo: (path) => {
      const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
      const near = nearest(
        path.slice(folder === '' ? 0 : folder.length + 1),
        entriesOf(folder).map((entry) => entry.name),
      );
      return near === null ? null : below(folder, near);
    },
  };
}

/** Without `./` in front and slashes behind; `.` is the project itself. @throws TG-PIPELINE-INPUT-OUTSIDE */
function normalised(pattern: string): string {
  const path = pattern.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (path === '.' || (path === '' && !pattern.startsWith('/'))) return '';
  if (!isTreePath(path)) throw outside(pattern, 'it is not a path inside the project');
  return path;
}

function readFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** The end of all links along the path, null when there is none. @throws TG-PIPELINE-INPUT-OUTSIDE when it leaves the project */
function insideOf(real: string, path: string): string | null {
  const end = endOfLinks(join(real, path));
  if (end === null || end === real || end.startsWith(real + sep)) return end;
  throw outside(path, `it leads to "${end}", outside the project`);
}

function endOfLinks(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw error;
  }
}

/** Null for what is no file: a folder behind a link, a socket, a link to nothing. */
function statFile(real: string, path: string): FoundFile | null {
  const file = join(real, path);
  const stat = entryAt(file);
  if (stat === null) {
    if (path.includes('\uFFFD')) throw badName(path);
    return null;
  }
  if (stat.isFile()) return { path, file, stat: slim(stat) };
  const end = stat.isSymbolicLink() ? insideOf(real, path) : null;
  if (end === null) return null;
  const behind = entryAt(end);
  return behind?.isFile() ? { path, file: end, stat: slim(behind) } : null;
}

function slim({ size, mtimeNs, ctimeNs, ino, mode }: FileStat): FileStat {
  return { size, mtimeNs, ctimeNs, ino, mode };
}

/** What lies in a folder of such a name cannot be reached, and is not passed over. @throws TG-PIPELINE-INPUT-NAME */
function refuseUnreadable(real: string, folder: string): void {
  if (folder.includes('\uFFFD') && entryAt(join(real, folder)) === null) throw badName(folder);
}

function outside(path: string, found: string): TidegateError {
  const diagnostic: Diagnostic = {
    code: 'TG-PIPELINE-INPUT-OUTSIDE',
    message: `Cannot read the input "${path}": ${found}`,
    hint: 'Put the file into the project and name it by its path there',
    place: null,
  };
  return new TidegateError([diagnostic]);
}

function badName(path: string): TidegateError {
  const message = `Cannot read the input "${path}": its name is not valid UTF-8`;
  return new TidegateError([{ code: 'TG-PIPELINE-INPUT-NAME', message, hint: 'Rename the file', place: null }]);
}
