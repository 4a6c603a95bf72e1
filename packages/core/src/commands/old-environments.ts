import { basename, join } from 'node:path';
import { shape } from '@tidegate/formats';
import { tryLock } from '@tidegate/runtime';
import { readdir, readTextIfThere, rename, rm, stat } from '../platform/index.ts';

export interface OldEnvironmentsRequest {
  /** Folder of virtual environments and of libraries of R. */
  readonly folder: string;
  /** Digests of the locks that projects have now. */
  readonly locks: ReadonlySet<string>;
  /** Milliseconds since 1970: what was used since then stays. */
  readonly usedBeforeMs: number;
  /** Only says what would go. */
  readonly dryRun: boolean;
}

/** A virtual environment, or a library of R, that went. */
export interface OldEnvironment {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly usedAtMs: number;
  readonly packages: readonly string[];
}

const record = shape.object({ lock: shape.optional(shape.text()), packages: shape.required(shape.list(shape.text())) }, { open: true });
/** What a record is called while its folders are removed. */
const going = '.going';

/**
 * Removes virtual environments that no lock names and that nothing has used for long. Whoever begins to use one at the same moment keeps it,
 * or builds it anew; one that is being built is left alone. May be killed at any moment: the next one goes on.
 */
export async function removeOldEnvironments(request: OldEnvironmentsRequest): Promise<readonly OldEnvironment[]> {
  const names = await readdir(request.folder).catch(() => []);
  if (!request.dryRun)
    for (const name of names.filter((one) => one.endsWith(going))) await removeFolders(request.folder, name.slice(0, -going.length), names);
  const removed: OldEnvironment[] = [];
  for (const name of names.filter((one) => /^[0-9a-f]{32}\.json$/.test(one))) {
    const old = await oldAt(request, name);
    if (old !== null && (request.dryRun || (await remove(request, name, names)))) removed.push(old);
  }
  return removed;
}

async function oldAt({ folder, locks, usedBeforeMs }: OldEnvironmentsRequest, name: string): Promise<OldEnvironment | null> {
  const path = join(folder, name);
  const [found, parsed] = [await stat(path).catch(() => null), shape.parse(record, parseJson(await readTextIfThere(path)))];
  if (found === null || !parsed.ok || found.mtimeMs >= usedBeforeMs) return null;
  const { lock, packages } = parsed.value;
  return lock !== undefined && locks.has(lock) ? null : { name: basename(name, '.json'), usedAtMs: found.mtimeMs, packages };
}

/** The record gets another name first, and its old one again when somebody had begun to use it by then. */
async function remove({ folder, usedBeforeMs }: OldEnvironmentsRequest, name: string, names: readonly string[]): Promise<boolean> {
  const path = join(folder, name);
  using lock = tryLock(`${path}.lock`);
  if (lock === null) return false;
  await rename(path, path + going);
  if ((await stat(path + going)).mtimeMs >= usedBeforeMs) {
    await rename(path + going, path);
    return false;
  }
  await removeFolders(folder, name, names);
  return true;
}

async function removeFolders(folder: string, name: string, names: readonly string[]): Promise<void> {
  const prefix = `${basename(name, '.json')}-`;
  for (const attempt of names.filter((one) => one.startsWith(prefix))) await rm(join(folder, attempt), { recursive: true, force: true });
  await rm(join(folder, name + going), { force: true });
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
