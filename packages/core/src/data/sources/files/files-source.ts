import { failure, type Json } from '@tidegate/formats';
import { type FoundFile, projectFiles } from '../../../pipeline/index.ts';
import { closeSync, openSync } from '../../../platform/index.ts';
import { lookOver, passed } from '../look-over.ts';
import type { Source, SourceFinding } from '../source.ts';

export interface FilesConfig {
  /** Paths and patterns, relative to the project. */
  readonly files: readonly string[];
  /** Absolute paths of folders that are not looked into. */
  readonly except: readonly string[];
}

/** Files of the project as they lie there. Where they change while they are read, whoever stores them finds out. */
export function filesSource({ files, except }: FilesConfig, { root }: { readonly root: string }): Source {
  const listed = files.map((pattern) => `"${pattern}"`).join(', ');
  const find = (): readonly FoundFile[] => {
    const found = projectFiles(root, except);
    return [...new Map(files.flatMap((pattern) => found.matching(pattern)).map((file) => [file.path, file])).values()];
  };
  const required = (): readonly FoundFile[] => {
    const found = find();
    if (found.length > 0) return found;
    throw failure('TG-DATA-NO-FILES', `Cannot read the files: no file matches ${listed}`, 'Correct "from" of the dataset in tidegate.yaml');
  };
  return {
    kind: 'files',
    title: listed,
    check: () =>
      lookOver([
        { about: 'found', at: async () => counted(required(), listed) },
        { about: 'permission', at: async () => readable(find()) },
      ]),
    read: async ({ since, signal }) => {
      signal.throwIfAborted();
      const found = required();
      const position = stampsOf(found);
      if (JSON.stringify(position) === JSON.stringify(since)) return { kind: 'unchanged', position };
      return { kind: 'files', files: found.map(({ path, file }) => ({ path, file })), position };
    },
    glance: async () => stampsOf(find()),
    confirm: async () => {},
  };
}

/** What tells a file from the one that it was: size and time to the nanosecond, by path. */
function stampsOf(found: readonly FoundFile[]): Json {
  return Object.fromEntries(found.map(({ path, stat: { size, mtimeNs } }) => [path, `${size} ${mtimeNs}`]));
}

function counted(found: readonly FoundFile[], listed: string): Omit<SourceFinding, 'about'> {
  const bytes = found.reduce((sum, { stat }) => sum + Number(stat.size), 0);
  return passed(`${found.length} files match ${listed}`, { files: found.length, bytes });
}

function readable(found: readonly FoundFile[]): Omit<SourceFinding, 'about'> {
  const closed = found.filter(({ file }) => !canBeRead(file)).map(({ path }) => path);
  const [first] = closed;
  if (first === undefined) return passed('All of them can be read');
  const message = `"${first}" cannot be read${closed.length === 1 ? '' : `, and neither can ${closed.length - 1} more`}`;
  return { verdict: 'fail', message, hint: `Run: chmod u+r ${first}`, measured: { unreadable: closed.length } };
}

function canBeRead(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch {
    return false;
  }
}
