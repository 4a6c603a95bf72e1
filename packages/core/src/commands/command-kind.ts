import type { Json } from '@tidegate/formats';
import { type StepContext, StepEnded, type StepKind } from '../pipeline/index.ts';
import { lastWords } from './last-words.ts';
import { limitMistake } from './limit-mistake.ts';
import { missingInput } from './missing-input.ts';
import { readOnlyInput } from './read-only-input.ts';
import { sealedWorkspace, type Workspace } from './sealed-workspace.ts';
import { argvOf, type CommandDeps, commandFacts, type Ran, runStepCommand } from './step-process.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { makeRoom, storeOutput } from './store-output.ts';

/** Steps under `steps:`: the user's own command, with its declared inputs in place and its declared outputs required after. */
export function commandKind(deps: CommandDeps): StepKind {
  return {
    kind: 'command',
    version: 2,
    getsReady: true,
    facts: ({ node }) => commandFacts(node, deps),
    run: async (context) => {
      const { node } = context;
      const workspace = await sealedWorkspace(context);
      const { folder } = workspace;
      for (const output of node.outputs) await makeRoom(folder, output);
      const timeoutMs = timeoutOf(node.settings['timeoutMs']);
      const ran = await runStepCommand(context, argvOf(node.settings['run']), { ...deps, timeoutMs, workspace });
      requireSuccess(context, ran, { timeoutMs, root: deps.root, workspace });
      context.workIsDone?.();
      await refuseSecrets(context, folder);
      context.progress('storing outputs', null);
      const stored = node.outputs.map(async (output) => [output.name, await storeOutput(context, folder, output)] as const);
      return { outputs: Object.fromEntries(await Promise.all(stored)), evidence: [], facts: {} };
    },
  };
}

/** A node's setting `timeoutMs`; null for none. */
export function timeoutOf(setting: Json | undefined): number | null {
  return typeof setting === 'number' ? setting : null;
}

/** @throws TG-COMMANDS-FAILED, TG-COMMANDS-TIMED-OUT with the last words of its output, a traceback first */
function requireSuccess(
  { node }: StepContext,
  ran: Ran,
  { timeoutMs, root, workspace }: { readonly timeoutMs: number | null; readonly root: string; readonly workspace: Workspace },
): void {
  const words = lastWords(ran.tail);
  const output = words.length === 0 ? '' : `\n${words.join('\n')}`;
  if (ran.timedOut)
    throw new StepEnded(
      {
        code: 'TG-COMMANDS-TIMED-OUT',
        message: `Cannot finish "${node.name}": it ran longer than ${(timeoutMs ?? 0) / 1000} s${output}`,
        hint: `Raise "timeout:" of ${node.name} in tidegate.yaml, or make it quicker`,
      },
      { kind: 'timeout' },
    );
  if (ran.passed !== null) throw new StepEnded(limitMistake(node.name, ran.passed, output), { kind: 'signal', signal: 'SIGKILL' });
  if (ran.code === 0) return;
  const end = ran.signal === null ? `ended with exit code ${ran.code}` : `was ended by ${ran.signal}`;
  throw new StepEnded(
    {
      code: 'TG-COMMANDS-FAILED',
      message: `Cannot finish "${node.name}": its command ${end}${output}`,
      hint: missingInput(ran, { root, step: node.name }) ?? readOnlyInput(ran, workspace) ?? otherHint(ran, node.name),
    },
    ran.signal === null ? { kind: 'exit', code: ran.code } : { kind: 'signal', signal: ran.signal },
  );
}

function otherHint(ran: Ran, step: string): string {
  if (ran.signal === 'SIGKILL') return 'The system ends a process that takes too much memory: give it more, or read less at once';
  return `Read the whole output: tidegate log ${step}`;
}
