import { dirname, join } from 'node:path';
import { type Artifact, failure, type Json } from '@tidegate/formats';
import { filesBelow, mkdir, rm, stat } from '../platform/index.ts';
import type { StepContext, StepKind, StepOutput } from '../pipeline/index.ts';
import { type CommandDeps, commandFacts, type Ran, runStepCommand } from './step-process.ts';

/** Steps under `steps:`: the user's own command, with its declared inputs in place and its declared outputs required after. */
export function commandKind(deps: CommandDeps): StepKind {
  return {
    kind: 'command',
    version: 1,
    facts: ({ node }) => commandFacts(argvOf(node.settings['run']), deps),
    run: async (context) => {
      const { node } = context;
      const folder = await context.workspace();
      for (const { path } of node.outputs) if (path !== null) await makeRoom(join(folder, path));
      const timeoutMs = typeof node.settings['timeoutMs'] === 'number' ? node.settings['timeoutMs'] : null;
      const ran = await runStepCommand(context, argvOf(node.settings['run']), { ...deps, timeoutMs });
      requireSuccess(context, ran, timeoutMs);
      context.progress('storing outputs', null);
      const outputs = await Promise.all(
        node.outputs.map(async (output) => [output.name, await storeOutput(context, folder, output)] as const),
      );
      return { outputs: Object.fromEntries(outputs), evidence: [], facts: {} };
    },
  };
}

export function argvOf(setting: Json | undefined): readonly string[] {
  return Array.isArray(setting) ? setting.map(String) : [];
}

/** An output of an earlier life (it came with an input folder) is removed, so that what is there afterwards was made by this run. */
async function makeRoom(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
}

/** @throws TG-COMMANDS-FAILED, TG-COMMANDS-TIMED-OUT with the last lines of output */
function requireSuccess(context: StepContext, ran: Ran, timeoutMs: number | null): void {
  if (ran.timedOut)
    throw failure(
      'TG-COMMANDS-TIMED-OUT',
      `Cannot finish "${context.node.name}": it ran longer than ${(timeoutMs ?? 0) / 1000} s\n${ran.tail.slice(-10).join('\n')}`,
      'Raise "timeout:" of the step in tidegate.yaml, or make it quicker',
    );
  if (ran.code === 0) return;
  throw failure(
    'TG-COMMANDS-FAILED',
    `Cannot finish "${context.node.name}": its command ended with ${ran.code}\n${ran.tail.slice(-25).join('\n')}`,
    hintFor(ran, context),
  );
}

function hintFor(ran: Ran, { node }: StepContext): string {
  const missing =
    /ModuleNotFoundError: No module named '([\w.]+)'/.exec(ran.tail.join('\n'))?.[1] ??
    /FileNotFoundError: .*?'([^']+)'/.exec(ran.tail.join('\n'))?.[1];
  if (missing !== undefined)
    return `A step sees only what it declares: add the file of "${missing}" to "in:" of ${node.name}, or the package to the requirements file`;
  return `Read the whole output with: tidegate log ${node.name}`;
}

/** @throws TG-COMMANDS-OUTPUT-MISSING naming what the step wrote instead */
async function storeOutput(context: StepContext, folder: string, output: StepOutput): Promise<Artifact> {
  const path = join(folder, output.path ?? '');
  const found = await stat(path).catch(() => null);
  if (found === null) {
    const known = new Set(context.inputs.flatMap((input) => input.place ?? []));
    const written = (await filesBelow(folder)).filter((file) => !known.has(file)).slice(0, 8);
    throw failure(
      'TG-COMMANDS-OUTPUT-MISSING',
      `Cannot find the output "${output.name}" of "${context.node.name}": it did not write "${output.path ?? ''}"${written.length === 0 ? '' : `; in its folder are: ${written.join(', ')}`}`,
      `Write the file, or correct the path under "out:" of ${context.node.name}`,
    );
  }
  if (!found.isDirectory()) {
    const { digest, bytes } = await context.store.putFile(path);
    return { kind: 'file', digest, bytes, files: 1 };
  }
  const { digest, tree, bytes } = await context.store.putTree(path);
  return { kind: 'tree', digest, bytes, files: tree.entries.length };
}
