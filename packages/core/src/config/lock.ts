import { join } from 'node:path';
import { compareCodeUnits, type Digest, digest, isDigest, shape, TidegateError } from '@tidegate/formats';
import { readTextIfThere, writeFileAtomically } from '../platform/index.ts';
import { version } from './file/version.ts';
import type { Named } from './project-config.ts';
import { errorOf, parseYaml } from './yaml/parse-yaml.ts';

/** What runs are pinned to: inputs only. Specification: docs/reference/formats/lock.md. */
export interface Lock {
  /** Dataset → digest of its version. */
  readonly data: Named<Digest>;
  /** Feature view → digest of its meaning. */
  readonly features: Named<Digest>;
  /** Requirements file → digest of its bytes. */
  readonly packages: Named<Digest>;
}

export const lockFileName = 'tidegate.lock';
export const emptyLock: Lock = { data: {}, features: {}, packages: {} };

const sections = ['data', 'features', 'packages'] as const;

const pins = shape.record(
  shape.map(shape.text({ wants: 'a digest' }), (text, report): Digest | undefined => {
    if (isDigest(text)) return digest(text);
    report(`"${text.slice(0, 80)}" is not a digest`, 'Delete the line; the next run writes it anew');
    return undefined;
  }),
);

const lockFile = shape.object({
  version: shape.required(version),
  data: shape.optional(pins),
  features: shape.optional(pins),
  packages: shape.optional(pins),
});

/**
 * Reads `tidegate.lock` in the project's folder; one that is not there is empty.
 *
 * @throws TG-CONFIG-LOCK-CONFLICT for a merge that is not finished; TidegateError with every other mistake
 */
export async function readLock(root: string): Promise<Lock> {
  return parseLock((await readTextIfThere(join(root, lockFileName))) ?? '');
}

/** As {@link readLock}, for a text; an empty one pins nothing. */
export function parseLock(text: string): Lock {
  if (text === '') return emptyLock;
  refuseConflict(text);
  const parsed = parseYaml(lockFileName, text, lockFile);
  if (!parsed.ok) throw errorOf(parsed.failure);
  const { data = {}, features = {}, packages = {} } = parsed.value as Partial<Lock>;
  return { data, features, packages };
}

/** Writes `tidegate.lock`, whole or not at all, unless it says the same already. @returns whether it was written */
export async function writeLock(root: string, lock: Lock): Promise<boolean> {
  const text = lockText(lock);
  if ((await readTextIfThere(join(root, lockFileName))) === text) return false;
  await writeFileAtomically(join(root, lockFileName), text);
  return true;
}

/** One line a pin, sorted, so that merges of different pins never meet. */
export function lockText(lock: Lock): string {
  const lines = sections.flatMap((section) => {
    const entries = Object.entries(lock[section]).sort(([a], [b]) => compareCodeUnits(a, b));
    return entries.length === 0 ? [] : [`${section}:`, ...entries.map(([name, pinned]) => `  ${keyText(name)}: ${pinned}`)];
  });
  return ['# Inputs that runs of this project are pinned to. Written by Tidegate; commit it.', 'version: 1', ...lines, ''].join('\n');
}

/** Quoted where a reader of YAML could take the name for something else than text. */
function keyText(name: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_./-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name);
  return isPlain ? name : JSON.stringify(name).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}

/** A character that YAML does not take as it is. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function refuseConflict(text: string): void {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => line.startsWith('<<<<<<< ') || line.startsWith('>>>>>>> '));
  if (index < 0) return;
  throw new TidegateError([
    {
      code: 'TG-CONFIG-LOCK-CONFLICT',
      message: `Cannot read "${lockFileName}": it holds the marks of a merge that is not finished`,
      hint: 'Keep either side of each conflict: the next "tidegate run" pins what the merged project reads',
      place: { file: lockFileName, line: index + 1, column: 1, length: 7, source: lines[index] ?? '' },
    },
  ]);
}
