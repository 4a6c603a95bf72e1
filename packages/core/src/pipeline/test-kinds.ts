import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, failure } from '@tidegate/formats';
import { runCommand } from '../platform/index.ts';
import type { ResolvedInput, StepContext, StepKind, StepResult } from './step-kind.ts';

/** Writes to every output the setting `text` and the content of all inputs, sorted by name, without a workspace. `ran` gets the names of steps that ran. */
export function joinKind(ran: string[] = [], more: (context: StepContext) => Promise<Partial<StepResult>> = async () => ({})): StepKind {
  return {
    kind: 'join',
    version: 1,
    run: async (context) => {
      const { node, inputs, store } = context;
      ran.push(node.name);
      const contents = await Promise.all(inputs.map((input) => contentOf(input, context)));
      const text = [String(node.settings['text'] ?? ''), ...contents].join('|');
      const outputs: { [name: string]: Artifact } = {};
      for (const output of node.outputs) outputs[output.name] = { kind: 'file', ...(await store.putBytes(text)), files: 1 };
      return { outputs, evidence: [], facts: {}, ...(await more(context)) };
    },
  };
}

async function contentOf({ source, artifact }: ResolvedInput, { store }: StepContext): Promise<string> {
  return source === null ? Buffer.from(await store.readBytes(artifact.digest)).toString() : readFile(source, 'utf8');
}

/** Runs `sh -c` of the setting `run` in a workspace; outputs are files, or folders when their name is `tree`. */
export function shellKind(ran: string[] = []): StepKind {
  return {
    kind: 'shell',
    version: 1,
    run: async (context) => {
      const { node } = context;
      ran.push(node.name);
      const folder = await context.workspace();
      const result = await runCommand(['sh', '-c', String(node.settings['run'])], {
        cwd: folder,
        variables: { PATH: process.env['PATH'] ?? '', ...node.variables },
        onText: context.log,
        signal: context.signal,
        timeoutMs: null,
        onStart: context.ownProcess,
      });
      if (result.code !== 0) throw failure('TG-COMMANDS-FAILED', `the command ended with ${result.signal ?? result.code}`, null);
      const outputs: { [name: string]: Artifact } = {};
      for (const { name, path } of node.outputs) {
        if (path === null) continue;
        const artifact = name === 'tree' ? await treeAt(context, join(folder, path)) : await fileAt(context, join(folder, path));
        if (artifact !== null) outputs[name] = artifact;
      }
      return { outputs, evidence: [], facts: {} };
    },
  };
}

async function fileAt({ store }: StepContext, path: string): Promise<Artifact | null> {
  return store.putFile(path).then(
    (object) => ({ kind: 'file', ...object, files: 1 }),
    () => null,
  );
}

async function treeAt({ store }: StepContext, path: string): Promise<Artifact> {
  const { digest, bytes, tree } = await store.putTree(path);
  return { kind: 'tree', digest, bytes, files: tree.entries.length };
}
