import type { Dirent } from '../../platform/index.ts';
import type { GlobPart } from './glob.ts';

/** What a walk asks of the files; paths are relative with `/`, `''` is the top. */
export interface FolderTree {
  readonly entriesOf: (folder: string) => readonly Pick<Dirent, 'name' | 'isDirectory'>[];
  readonly isFile: (path: string) => boolean;
  /** Whether a folder that the pattern names is there; it may be behind a link. */
  readonly mayEnter: (path: string) => boolean;
}

interface Position {
  readonly folder: string;
  /** Index of the part that the names in the folder are compared with. */
  readonly at: number;
}

/** Paths of the files that the parts of a glob match, each at least once. */
export function walkGlob(parts: readonly GlobPart[], tree: FolderTree): readonly string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const waiting: Position[] = [{ folder: '', at: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const id = `${next.at} ${next.folder}`;
    if (seen.has(id)) continue;
    seen.add(id);
    const found = step(parts, next, tree);
    files.push(...found.files);
    waiting.push(...found.positions);
  }
  return files;
}

function step(
  parts: readonly GlobPart[],
  { folder, at }: Position,
  tree: FolderTree,
): { readonly files: readonly string[]; readonly positions: readonly Position[] } {
  const part = parts[at];
  const isLast = at === parts.length - 1;
  if (part === undefined) return { files: [], positions: [] };
  if (part.kind === 'name') {
    const path = below(folder, part.name);
    if (isLast) return { files: tree.isFile(path) ? [path] : [], positions: [] };
    return { files: [], positions: tree.mayEnter(path) ? [{ folder: path, at: at + 1 }] : [] };
  }
  const isAnyDepth = part.kind === 'any-depth';
  const wanted = tree.entriesOf(folder).filter(({ name }) => (isAnyDepth ? !name.startsWith('.') : part.matches(name)));
  const inside = wanted.filter((entry) => entry.isDirectory()).map(({ name }) => below(folder, name));
  const files = isLast ? wanted.filter((entry) => !entry.isDirectory()).map(({ name }) => below(folder, name)) : [];
  if (isAnyDepth)
    return { files, positions: [...inside.map((path) => ({ folder: path, at })), ...(isLast ? [] : [{ folder, at: at + 1 }])] };
  return { files, positions: isLast ? [] : inside.map((path) => ({ folder: path, at: at + 1 })) };
}

/** The path of a name in a folder. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
