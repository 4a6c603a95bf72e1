import { basename, dirname, join } from 'node:path';
import { canonicalJson, type JsonObject, shape } from '@tidegate/formats';
import { tryLock } from '@tidegate/runtime';
import { exists, mkdir, readdir, readTextIfThere, rm, writeFileAtomically } from '../platform/index.ts';
import { installPackages, type Recipe } from './install-packages.ts';

const finished = shape.object(
  { format: shape.required(shape.oneOf(['tidegate.virtual-environment/1'])), folder: shape.required(shape.text()) },
  { open: true },
);

/**
 * Path of the Python of the environment recorded in `record` (`…/DIGEST.json`); builds the environment when there is none. Callers
 * in this and other processes wait for the one that builds.
 *
 * A virtual environment cannot be moved, so each attempt gets a folder of its own beside the record, and the record is written
 * when the folder is whole: a half-built one is never taken, and an installer that outlived its killed parent writes to where
 * nobody looks.
 */
export async function buildOnce(record: string, recipe: Recipe): Promise<string> {
  for (let waited = 0; ; waited += 1) {
    const python = await builtPython(record);
    if (python !== null) return python;
    recipe.signal.throwIfAborted();
    using lock = tryLock(`${record}.lock`);
    if (lock !== null) return (await builtPython(record)) ?? (await build(record, recipe));
    if (waited % 50 === 0) recipe.progress('waiting for another process that builds it');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The Python of a recorded environment; null when there is no record, or the interpreter that the environment was made with is gone. */
export async function builtPython(record: string): Promise<string | null> {
  const parsed = shape.parse(finished, parseJson(await readTextIfThere(record)));
  if (!parsed.ok) return null;
  const python = join(dirname(record), parsed.value.folder, 'bin', 'python');
  return (await exists(python)) ? python : null;
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null; // damaged: the environment is built anew
  }
}

async function build(record: string, recipe: Recipe): Promise<string> {
  await removeAttempts(record);
  const folder = `${attemptPrefix(record)}${recipe.platform.random.hex(4)}`;
  const place = join(dirname(record), folder);
  await mkdir(place, { recursive: true });
  try {
    const packages = await installPackages(place, recipe);
    const content: JsonObject = { format: 'tidegate.virtual-environment/1', folder, packages };
    await writeFileAtomically(record, canonicalJson(content));
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
  return join(place, 'bin', 'python');
}

const attemptPrefix = (record: string): string => `${basename(record, '.json')}-`;

/** What killed attempts left behind. */
async function removeAttempts(record: string): Promise<void> {
  const prefix = attemptPrefix(record);
  for (const name of await readdir(dirname(record)).catch(() => []))
    if (name.startsWith(prefix)) await rm(join(dirname(record), name), { recursive: true, force: true });
}
