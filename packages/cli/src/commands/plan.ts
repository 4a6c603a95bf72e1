import { planProject, type PlannedStep } from '@tidegate/core';
import { unreachable } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { duration } from '../render/figures.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../render/terminal.ts';
import { counted, reasonWords } from '../render/words.ts';

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
    const rows = plan.steps.map((step) => [
      mark(step, terminal),
      step.step,
      words(step),
      step.lastMs === null ? '' : `last ${duration(step.lastMs)}`,
    ]);
    for (const line of table(rows, { indent: '  ' })) terminal.line(line);
    const runs = plan.steps.filter((step) => step.action === 'run' || step.action === 'decide-later').length;
    terminal.line(
      runs === 0
        ? `Nothing to do: ${counted(plan.steps.length, 'step')} unchanged.`
        : `${counted(runs, 'step')} of ${plan.steps.length} would run.`,
    );
    return 0;
  },
};

function mark(step: PlannedStep, { style }: Pick<Terminal, 'style'>): string {
  return { hit: style('dim', '='), run: style('green', '+'), 'decide-later': style('yellow', '~'), blocked: style('red', '-') }[
    step.action
  ];
}

function words(step: PlannedStep): string {
  const reasons = step.reasons.map(reasonWords).join('; ');
  switch (step.action) {
    case 'hit':
      return 'unchanged';
    case 'run':
      return `runs: ${reasons}`;
    case 'decide-later':
      return `runs if what it reads comes out otherwise: ${reasons}`;
    case 'blocked':
      return `does not run: ${step.blockedBy.join(', ')} does not pass`;
    default:
      return unreachable(step.action);
  }
}
