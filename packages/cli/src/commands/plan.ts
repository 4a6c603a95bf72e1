import type { Command } from '../command.ts';
import { goalOf } from '../goal.ts';
import { openHere } from '../open-here.ts';
import { tellPlan } from '../tell-plan.ts';
import { jobsOf } from '../jobs.ts';

export const command: Command = {
  name: 'plan',
  summary: 'Say what a run would do, and why, without doing it',
  usage: '[STEP…] [--to ENV]',
  options: {
    to: { type: 'string', value: 'ENV', help: 'Plan as far as this environment' },
    jobs: {
      type: 'string',
      short: 'j',
      value: 'N',
      help: 'Tell the time on up to N cores of steps at once (default: the cores of this machine)',
    },
  },
  examples: [
    { line: 'tidegate plan', does: 'what runs, what is unchanged, what of each input changed, and how long it is likely to take' },
    { line: 'tidegate plan steps.train -j 8', does: 'only this step and what it needs, on 8 cores' },
    { line: 'tidegate plan --to production', does: 'and through which environments a release would go' },
    { line: 'tidegate plan --json', does: 'the same as data' },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const goal = goalOf(project, invocation.text('to'));
    return await tellPlan(project, invocation, { only: invocation.positionals, goal, jobs: jobsOf(invocation) });
  },
};
