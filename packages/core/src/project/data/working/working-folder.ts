import { join, sep } from 'node:path';
import { isGlob, outputPaths, type StepNode } from '../../../pipeline/index.ts';
import {
  type BigIntStats,
  type Dirent,
  entryAt,
  fingerprintFolder,
  fingerprintOf,
  isForeignName,
  readdirSync,
  realpathSync,
} from '../../../platform/index.ts';
import {
  buildFolder,
  type EntryNode,
  fileDigests,
  type FileStat,
  type Folder,
  type FolderLook,
  folderLooks,
  type TreeRecord,
} from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { readingTree, type WorkingTree } from './working-tree.ts';

/**
 * The tree of a dataset that is one folder, as it lies in the working tree. Of a folder that was looked at before only the stats of its files are read, and
 * where they are what they were no file is an object of its own: with very many files that takes a third of the time.
 *
 * @returns null where only a look at each file tells: for patterns, partitions, links, names that are not UTF-8, and what steps make
 * @throws TG-STORE-FILE-CHANGED
 */
export async function workingFolder(project: Project, dataset: string, steps: readonly StepNode[]): Promise<WorkingTree | null> {
  try {
    return await treeOfFolder(project, dataset, steps);
  } catch (error) {
    return untold(error);
  }
}

async function treeOfFolder(project: Project, dataset: string, steps: readonly StepNode[]): Promise<WorkingTree | null> {
  const path = folderOf(project, dataset, steps);
  const names = path?.split('/') ?? [];
  const found = path === null ? null : await find(project, join(project.root, path), names.at(-1) ?? '');
  if (found === null) return null;
  const { top, records } = await makeFolders(project, found);
  if (top.files === 0) return null;
  const { folder, files, bytes } = ['', ...names.slice(0, -1)].reduceRight((inside, name) => within(name, inside, records), top);
  return readingTree(project.store, { digest: folder, files, bytes, records });
}

async function find(project: Project, path: string, name: string): Promise<FoundFolder | null> {
  return walk(path, name, await knownFolders(project, path));
}

/** Folders whose files have not changed since they were looked at. What is known of one counts while the store has its record. */
async function knownFolders({ state, objects }: Project, path: string): Promise<ReadonlyMap<string, FolderLook>> {
  const looks = [...folderLooks(state).in(path)];
  const gone = new Set(await objects.missing(looks.map(([, { folder }]) => ({ digest: folder, bytes: null }))));
  const stored = looks.filter(([, { folder }]) => !gone.has(folder));
  return new Map(stored.filter(([folder, { fingerprint }]) => fingerprintFolder(folder) === fingerprint));
}

/** What may not be looked into, or has just gone, is told, or not, by the look at each file. */
function untold(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}

/** Relative to the project; null for a dataset that is anything but one plain folder. */
function folderOf({ root, home, config }: Project, dataset: string, steps: readonly StepNode[]): string | null {
  const [pattern, ...others] = config.data[dataset]?.from.files ?? [];
  if (pattern === undefined || others.length > 0 || isGlob(pattern) || config.data[dataset]?.partitions !== undefined) return null;
  const path = pattern.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || isForeignName(part)) || parts[0] === 'build') return null;
  const [real, folder] = [realpathSync(root), join(realpathSync(root), path)];
  if (entryAt(folder)?.isDirectory() !== true || realpathSync(folder) !== folder || real !== root) return null;
  const meets = (other: string): boolean => `${other}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${other}/`);
  return [...outputPaths(steps).keys()].some(meets) || `${home.root}${sep}`.startsWith(`${folder}${sep}`) ? null : path;
}

/** A folder of the working tree. */
interface FoundFolder {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** What was known of it, where its files have not changed since; else null, and all that is in it is named. */
  readonly known: FolderLook | null;
  readonly files: readonly FoundFile[];
  readonly folders: readonly FoundFolder[];
}

interface FoundFile {
  readonly name: string;
  readonly stat: FileStat;
}

/** Null where something lies that is neither file nor folder. */
function walk(path: string, name: string, looks: ReadonlyMap<string, FolderLook>): FoundFolder | null {
  const known = looks.get(path) ?? null;
  if (known !== null) return { path, name, known, files: [], folders: [] };
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => !isForeignName(entry.name));
  if (!entries.every(isPlain)) return null;
  const folders: FoundFolder[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const inside = walk(join(path, entry.name), entry.name, looks);
    if (inside === null) return null;
    folders.push(inside);
  }
  const files = entries.flatMap((entry): FoundFile | [] => {
    const stat = entry.isFile() ? statAt(path, entry.name) : null;
    return stat === null ? [] : { name: entry.name, stat: slim(stat) };
  });
  return { path, name, known: null, files, folders };
}

function isPlain(entry: Dirent): boolean {
  return (entry.isFile() || entry.isDirectory()) && !entry.name.includes('\uFFFD');
}

/** Null for a file that has just gone, or is no file any more. */
function statAt(folder: string, name: string): BigIntStats | null {
  const stat = entryAt(`${folder}/${name}`);
  return stat?.isFile() === true ? stat : null;
}

function slim({ size, mtimeNs, ctimeNs, ino, mode }: FileStat): FileStat {
  return { size, mtimeNs, ctimeNs, ino, mode };
}

/** A folder as those above it name it. */
type NamedFolder = Folder & { readonly name: string };

interface MadeFolders {
  readonly top: NamedFolder;
  readonly records: TreeRecord[];
}

/** The records of all folders that have changed, made of the digests of their files; and what they are now is kept for the next time. */
async function makeFolders({ state, platform, objects }: Project, top: FoundFolder): Promise<MadeFolders> {
  const digests = fileDigests(state, platform.clock);
  const changed = changedIn(top);
  const readings = await digests.ofAll(
    changed.flatMap(({ path, files }) => files.map(({ name, stat }) => ({ path: join(path, name), stat }))),
  );
  digests.save();
  const records: TreeRecord[] = [];
  const looks = new Map<string, FolderLook>();
  let next = 0;
  const entriesOf = new Map(
    changed.map((folder) => {
      let isSettled = true;
      const entries = folder.files.map(({ name, stat }): EntryNode => {
        const reading = readings[next++];
        if (reading === undefined) throw new Error(`Cannot find what was read of "${folder.path}/${name}"; please report this`);
        isSettled &&= reading.settled && reading.stamp.mtimeNs === stat.mtimeNs && reading.stamp.ctimeNs === stat.ctimeNs;
        const executable = (stat.mode & 0o100n) !== 0n;
        return { kind: 'file', name, digest: reading.digest, bytes: Number(reading.stamp.bytes), ...(executable && { executable }) };
      });
      return [folder, { entries, isSettled }] as const;
    }),
  );
  const make = (found: FoundFolder): NamedFolder => {
    const { known, name, path, files } = found;
    if (known !== null) return { name, folder: known.folder, files: known.files, bytes: known.bytes };
    const { entries = [], isSettled = false } = entriesOf.get(found) ?? {};
    const inside = found.folders.map(make).filter((folder) => folder.files > 0);
    const made = buildFolder([...entries, ...inside.map((folder): EntryNode => ({ kind: 'folder', ...folder }))]);
    for (const record of made.records) records.push(record);
    if (isSettled && found.folders.length === 0 && files.length >= manyFiles)
      looks.set(path, { ...made.folder, fingerprint: fingerprintOf(files) });
    return { name, ...made.folder };
  };
  const made = make(top);
  await keepStored(looks, { state, objects });
  return { top: made, records };
}

/** A folder with fewer is looked at file by file: a row of the state takes as long. */
const manyFiles = 16;

function changedIn(folder: FoundFolder): readonly FoundFolder[] {
  return [...(folder.known === null ? [folder] : []), ...folder.folders.flatMap(changedIn)];
}

/** Of those whose record the store has: only then can somebody say later what is in them. */
async function keepStored(looks: ReadonlyMap<string, FolderLook>, { state, objects }: Pick<Project, 'state' | 'objects'>): Promise<void> {
  const missing = new Set(await objects.missing([...looks.values()].map(({ folder }) => ({ digest: folder, bytes: null }))));
  folderLooks(state).keep(new Map([...looks].filter(([, { folder }]) => !missing.has(folder))));
}

/** The folder inside one of this name. */
function within(name: string, inside: NamedFolder, records: TreeRecord[]): NamedFolder {
  const made = buildFolder([{ kind: 'folder', ...inside }]);
  records.push(...made.records);
  return { name, ...made.folder };
}
