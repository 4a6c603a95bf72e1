import { basename, dirname, join } from 'node:path';
import { canonicalJson, type Digest, type JsonObject, shape } from '@tidegate/formats';
import { tryLock } from '@tidegate/runtime';
import { ageOf, exists, mkdir, type Platform, readdir, readTextIfThere, rm, stat, touch, writeFileAtomically } from '../platform/index.ts';

/** Whom to tell while something is built, and when to stop. */
export interface Building {
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
  /** Notes the installer's process group, so that it is ended when this process is killed and the next one starts. */
  readonly ownProcess?: (pid: number) => void;
  /** Waited for before something is built, which takes cores: who has none yet must not hold the lock either. Default: there are cores. */
  readonly begin?: () => Promise<unknown>;
}

/** How a folder of packages is made from a lock. */
export interface Plan extends Building {
  readonly platform: Platform;
  /** Installs into the folder. @returns what it installed, for the record */
  readonly install: (folder: string) => Promise<readonly string[]>;
  /** Path in the folder without which it counts as not built. */
  readonly proof: string;
  /** Digest of the text of the lock. */
  readonly lock: Digest;
}

const finished = shape.object(
  { format: shape.required(shape.oneOf(['tidegate.virtual-environment/1'])), folder: shape.required(shape.text()) },
  { open: true },
);

/**
 * Path of the folder recorded in `record` (`…/DIGEST.json`); builds it when there is none. Callers in this and other processes wait for
 * the one that builds.
 *
 * What is built cannot be moved, so each attempt gets a folder of its own beside the record, and the record is written when the folder is
 * whole: a half-built one is never taken, and an installer that outlived its killed parent writes to where nobody looks.
 */
export async function buildOnce(record: string, plan: Plan): Promise<string> {
  for (let waited = 0; ; waited += 1) {
    const folder = await builtFolder(record, plan.proof);
    if (folder !== null && (await noteUse(record))) return folder;
    plan.signal.throwIfAborted();
    await plan.begin?.();
    using lock = tryLock(`${record}.lock`);
    if (lock !== null) return (await builtFolder(record, plan.proof)) ?? (await build(record, plan));
    if (waited % 50 === 0) plan.progress('waiting for another process that builds it');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** How often the record of what is in use gets the time of now. */
const notedAfterMs = 86_400_000;

/** Tells by the time of the record that somebody uses it. @returns false when it was removed meanwhile */
async function noteUse(record: string): Promise<boolean> {
  const found = await stat(record).catch(() => null);
  if (found === null) return false;
  try {
    return ageOf(found.mtimeMs) < notedAfterMs || touch(record);
  } catch {
    return true; // it may lie where only others write
  }
}

/** The recorded folder; null when there is no record, or what the folder was made with is gone. */
export async function builtFolder(record: string, proof: string): Promise<string | null> {
  const parsed = shape.parse(finished, parseJson(await readTextIfThere(record)));
  if (!parsed.ok) return null;
  const folder = join(dirname(record), parsed.value.folder);
  return (await exists(join(folder, proof))) ? folder : null;
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null; // damaged: it is built anew
  }
}

async function build(record: string, { install, platform, lock }: Plan): Promise<string> {
  await removeAttempts(record);
  const folder = `${attemptPrefix(record)}${platform.random.hex(4)}`;
  const place = join(dirname(record), folder);
  await mkdir(place, { recursive: true });
  try {
    const packages = await install(place);
    const content: JsonObject = { format: 'tidegate.virtual-environment/1', folder, lock, packages };
    await writeFileAtomically(record, canonicalJson(content));
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
  return place;
}

const attemptPrefix = (record: string): string => `${basename(record, '.json')}-`;

/** What killed attempts left behind. */
async function removeAttempts(record: string): Promise<void> {
  const prefix = attemptPrefix(record);
  for (const name of await readdir(dirname(record)).catch(() => []))
    if (name.startsWith(prefix)) await rm(join(dirname(record), name), { recursive: true, force: true });
}
