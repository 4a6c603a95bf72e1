import { findProjectRoot, type HooksStatus, hooksStatus, installHooks, isHookName, uninstallHooks } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { callHook } from '../hooks/call-hook.ts';
import { mergeLock } from '../hooks/merge-lock.ts';
import { program } from '../program.ts';
import { table } from '../render/table.ts';

type Verb = (invocation: Invocation, words: readonly string[]) => Promise<number>;

const verbs: { readonly [verb: string]: Verb } = {
  status: async (invocation) => tell(invocation, await hooksStatus(await rootOf(invocation))),
  install: async (invocation) => tell(invocation, await installHooks(await rootOf(invocation), [process.execPath, program])),
  uninstall: async (invocation) => tell(invocation, await uninstallHooks(await rootOf(invocation))),
  call: async (invocation, [name = '', ...words]) => {
    if (isHookName(name)) return callHook(name, words, invocation);
    throw failure(
      'TG-CLI-USAGE',
      `Cannot call the hook "${name}": Tidegate has none of that name`,
      'Run "tidegate hooks" for those it has',
    );
  },
  merge: mergeLock,
};

export const command: Command = {
  name: 'hooks',
  summary: 'Keep data in step with Git: checkouts, merges of tidegate.lock, pushes',
  usage: '[status | install | uninstall | call HOOK [WORD…] | merge BASE OURS THEIRS PATH]',
  options: {},
  examples: [
    { line: 'tidegate hooks install', does: 'let Git call Tidegate in this repository; hooks that are there stay and come first' },
    { line: 'tidegate hooks', does: 'what is installed' },
    { line: 'tidegate hooks uninstall', does: 'and away again' },
  ],
  run: async (invocation) => {
    const [name = 'status', ...words] = invocation.positionals;
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined)
      throw new Error(`Cannot run "${name}": the usage line has a verb that the command does not; please report this`);
    return verb(invocation, words);
  },
};

async function rootOf({ cwd }: Invocation): Promise<string> {
  const root = await findProjectRoot(cwd);
  if (root !== null) return root;
  throw failure(
    'TG-CLI-NO-PROJECT',
    `Cannot find a project: neither "${cwd}" nor a folder above it holds a tidegate.yaml`,
    'Run "tidegate init" to make one here',
  );
}

function tell({ terminal, json }: Invocation, status: HooksStatus): number {
  if (json) terminal.json(status);
  terminal.line(status.folder);
  const rows = status.hooks.map(({ name, isInstalled, hasOther }) => [
    name,
    isInstalled ? (hasOther ? 'installed, after the hook that was there' : 'installed') : hasOther ? 'a hook of yours' : 'not installed',
  ]);
  for (const line of table([...rows, ['merge of tidegate.lock', status.mergesLock ? 'installed' : 'not installed']], { indent: '  ' }))
    terminal.line(line);
  const missing = status.madeBy === 'husky' ? status.hooks.filter(({ isInstalled }) => !isInstalled) : [];
  if (missing.length > 0)
    terminal.line('Husky makes the hooks of this repository. Let its scripts call Tidegate, each with a line of its own:');
  for (const { name } of missing) terminal.line(`  .husky/${name}: tidegate hooks call ${name} "$@"`);
  if (status.projects.length > 0)
    terminal.line(`For ${status.projects.map((path) => (path === '.' ? 'the project of this repository' : path)).join(', ')}.`);
  return 0;
}
