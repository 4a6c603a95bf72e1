import { dirname, join } from 'node:path';
import { type Artifact, failure } from '@tidegate/formats';
import { type BigIntStats, entryAt, filesBelow, mkdirSync, readdir, rm, statSync } from '../platform/index.ts';
import type { StepContext, StepOutput } from '../pipeline/index.ts';

/** Takes away what lies where the output will be, so that what is there afterwards was made by this run. */
export async function makeRoom(folder: string, { path }: StepOutput): Promise<void> {
  if (path === null) return;
  if (entryAt(join(folder, path)) !== null) await rm(join(folder, path), { recursive: true, force: true });
  mkdirSync(dirname(join(folder, path)), { recursive: true });
}

/** Puts a declared output of a command into the store. @throws TG-COMMANDS-OUTPUT-MISSING, TG-COMMANDS-OUTPUT-KIND */
export async function storeOutput(context: StepContext, folder: string, output: StepOutput): Promise<Artifact> {
  const path = join(folder, output.path ?? '');
  const found = statOf(path);
  if (found === null) throw await missing(context, folder, output);
  if (found.isFile()) {
    const { digest, bytes } = await context.store.putFile(path);
    return { kind: 'file', digest, bytes, files: 1 };
  }
  if (!found.isDirectory()) throw wrongKind(context, output, `"${output.path ?? ''}" is neither a file nor a folder`);
  await refuseSpecialFiles(context, path, output);
  const { digest, tree, bytes } = await context.store.putTree(path);
  return { kind: 'tree', digest, bytes, files: tree.entries.length };
}

function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}

/** A tree has files only; a link that was silently left out would be missing in every copy. */
async function refuseSpecialFiles(context: StepContext, folder: string, output: StepOutput): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const special = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (special === undefined) return;
  const kind = special.isSymbolicLink() ? 'a symbolic link' : 'no plain file';
  throw wrongKind(context, output, `"${special.name}" in "${output.path ?? ''}" is ${kind}`);
}

function wrongKind({ node }: StepContext, output: StepOutput, found: string): Error {
  return failure(
    'TG-COMMANDS-OUTPUT-KIND',
    `Cannot store the output "${output.name}" of "${node.name}": ${found}`,
    'Write plain files: copy what a link leads to',
  );
}

async function missing(context: StepContext, folder: string, output: StepOutput): Promise<Error> {
  const { node } = context;
  const placed = await placedFiles(context);
  const written = (await filesBelow(folder)).filter((file) => !placed.has(file));
  const shown = written.slice(0, 8).map((file) => `"${file}"`);
  const instead = shown.length === 0 ? 'and no other file' : `but ${shown.join(', ')}${written.length > 8 ? ' and more' : ''}`;
  return failure(
    'TG-COMMANDS-OUTPUT-MISSING',
    `Cannot find the output "${output.name}" of "${node.name}": it did not write "${output.path ?? ''}" ${instead}`,
    `Write the file, or correct the path under "out:" of ${node.name}`,
  );
}

/** Every file that was in the workspace before the command. */
async function placedFiles({ inputs, store }: StepContext): Promise<ReadonlySet<string>> {
  const files = await Promise.all(
    inputs.map(async ({ artifact, place }) => {
      if (place === null) return [];
      if (artifact.kind === 'file') return [place];
      return (await store.readTree(artifact.digest)).entries.map(({ path }) => join(place, path));
    }),
  );
  return new Set(files.flat());
}
