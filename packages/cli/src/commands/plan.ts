import { planProject } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { planLines } from '../render/plan-view.ts';

export const command: Command = {
  name: 'plan',
  summary: 'Say what a run would do, and why, without doing it',
  usage: '[STEP…]',
  options: {},
  examples: [
    { line: 'tidegate plan', does: 'what runs, what is unchanged, the reason for each, and how long it took last time' },
    { line: 'tidegate plan --json', does: 'the same as data' },
  ],
  run: async (invocation) => {
    const { terminal } = invocation;
    using project = await openHere(invocation);
    const plan = await planProject(project, { only: invocation.positionals, signal: invocation.signal });
    if (invocation.json) terminal.json(plan);
    for (const line of planLines(plan, terminal)) terminal.line(line);
    return 0;
  },
};
