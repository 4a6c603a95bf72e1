import { dirname, join, relative } from 'node:path';
import { concurrently, link, mkdir, open, readdir, rename, rm, stat, syncFolder } from '../../../platform/index.ts';
import {
  type ByteRange,
  type Condition,
  type FoundFile,
  markerName,
  type RemoteFiles,
  requireFileName,
  type WriteOptions,
  type Written,
} from '../remote-files.ts';
import { download } from './download.ts';
import { exclusively } from './exclusively.ts';
import { guarded, unreachable, unusable } from './failures.ts';
import { leftIn } from './leftovers.ts';
import { ofAbsent, readPart, tagOf, tagOfOpen } from './tag-of.ts';
import { unfinishedCopy } from './unfinished-copy.ts';

/** Files taken out at once: a share far away answers each late. */
const removedAtOnce = 16;

/**
 * Files of a remote in a folder that several machines see, or that is carried from one to the other. Each is written under a name that begins
 * with `.`, fsynced, and then given its own. Specification: docs/reference/formats/remote.md.
 */
export function folderFiles(root: string): RemoteFiles {
  const pathOf = (name: string): string => {
    requireFileName(name);
    return join(root, name);
  };
  const reading = <T>(work: () => Promise<T>): Promise<T> => guarded(root, 'TG-STORE-REMOTE-UNREACHABLE', work);
  const writing = <T>(work: () => Promise<T>): Promise<T> => guarded(root, 'TG-STORE-REMOTE-NOT-WRITABLE', work);

  let wasThere = false;
  /** @throws TG-STORE-REMOTE-UNREACHABLE for what was there and is gone, as an unmounted share is */
  const requireSame = async (): Promise<void> => {
    const isThere = (await stat(join(root, markerName)).catch(ofAbsent)) !== null;
    if (wasThere && !isThere) throw unreachable(root, 'it was there and is gone');
    wasThere = isThere;
  };

  return {
    address: root,
    check: () => reading(() => look(root)),
    read: (name, { range, signal } = {}) =>
      reading(async () => {
        signal?.throwIfAborted();
        const found = await readFrom(pathOf(name), range);
        wasThere ||= found !== null && name === markerName;
        return found;
      }),
    download: (name, path, options = {}) => reading(() => download(name, { from: pathOf(name), path, options })),
    write: (name, source, options = {}) =>
      writing(async () => {
        const path = pathOf(name);
        await requireSame();
        if (options.onlyIf === 'absent' && (await tagOf(path)) !== null) return { written: false };
        const made = await mkdir(dirname(path), { recursive: true });
        const written = await writeTo(path, source, options);
        syncFolder(dirname(path));
        if (made !== undefined) syncFolder(dirname(made));
        return written;
      }),
    remove: (names, { signal } = {}) =>
      writing(async () => {
        await concurrently(removedAtOnce, names, async (name) => {
          signal?.throwIfAborted();
          await rm(pathOf(name), { force: true });
        });
      }),
    tidy: (before, { signal } = {}) =>
      writing(async () => {
        for await (const path of leftIn(root, before)) {
          signal?.throwIfAborted();
          await rm(path, { force: true });
        }
      }),
    list: async function* (prefix, { signal } = {}) {
      const folder = join(root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
      const found = await reading(() => readdir(folder, { withFileTypes: true, recursive: true }).catch(ofAbsent));
      for (const entry of found ?? []) {
        signal?.throwIfAborted();
        const path = join(entry.parentPath, entry.name);
        const name = relative(root, path).replaceAll('\\', '/');
        if (!entry.isFile() || name.split('/').some((part) => part.startsWith('.')) || !name.startsWith(prefix)) continue;
        const now = await reading(() => stat(path).catch(ofAbsent));
        if (now !== null) yield { name, size: now.size, changedAtMs: now.mtimeMs };
      }
    },
  };
}

/** @throws TG-STORE-REMOTE for a folder of something else */
async function look(root: string): Promise<void> {
  const found = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error.code === 'EACCES' || error.code === 'ENOTDIR' ? unusable(root, error.code, error) : error;
  });
  if (found === null) return;
  if (!found.isDirectory()) throw unusable(root, 'it is no folder');
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EACCES' ? unusable(root, error.code, error) : error;
  });
  const other = names.find((name) => !name.startsWith('.'));
  if (other === undefined || names.includes(markerName)) return;
  // The names may be those of a remote that somebody has begun while they were listed.
  if ((await stat(join(root, markerName)).catch(ofAbsent)) !== null) return;
  throw unusable(root, `it holds "${other}" and no "${markerName}"`);
}

async function readFrom(path: string, range: ByteRange | undefined): Promise<FoundFile | null> {
  const file = await open(path, 'r').catch(ofAbsent);
  if (file === null) return null;
  try {
    const status = await file.stat();
    if (!status.isFile()) return null;
    const { size } = status;
    const bytes = await readPart(file, { from: Math.min(range?.from ?? 0, size), to: Math.min(range?.to ?? size, size) });
    return { bytes, size, tag: await tagOfOpen(file) };
  } finally {
    await file.close();
  }
}

async function writeTo(path: string, source: Uint8Array | string, options: WriteOptions): Promise<Written> {
  try {
    const copy = await unfinishedCopy(path, source, options);
    try {
      const isNamed = await name(copy.path, path, { onlyIf: options.onlyIf ?? null, signal: options.signal });
      return isNamed ? { written: true, tag: copy.tag, moved: copy.moved } : { written: false };
    } finally {
      await rm(copy.path, { force: true });
    }
  } catch (error) {
    // another process that sent the same bytes has given the copy that both worked on its name
    if (isGone(error) && options.digest !== undefined && (await tagOf(path)) !== null) return { written: false };
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

interface Naming {
  readonly onlyIf: Condition;
  readonly signal: AbortSignal | undefined;
}

/**
 * Gives a file its name. Where nothing may be, a hard link, which exists only once; where a certain file must be, a rename while nobody else does the
 * same. @returns whether the condition held
 */
async function name(from: string, to: string, { onlyIf, signal }: Naming): Promise<boolean> {
  if (onlyIf === null) {
    await rename(from, to);
    return true;
  }
  if (onlyIf === 'absent') {
    const linked = await link(from, to).then(() => 'linked' as const, withoutLinks);
    if (linked !== 'impossible') return linked === 'linked';
  }
  return exclusively(to, { signal }, async () => {
    if ((await tagOf(to)) !== (onlyIf === 'absent' ? null : onlyIf.tag)) return false;
    await rename(from, to);
    return true;
  });
}

function withoutLinks(error: NodeJS.ErrnoException): 'there' | 'impossible' {
  if (error.code === 'EEXIST') return 'there';
  if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(error.code ?? '')) return 'impossible';
  throw error;
}
