import { planProject, type PlannedStep } from '@tidegate/core';
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
    const runs = plan.steps.filter((step) => step.state !== 'hit').length;
    terminal.line(
      runs === 0
        ? `Nothing to do: ${counted(plan.steps.length, 'step')} unchanged.`
        : `${counted(runs, 'step')} of ${plan.steps.length} would run.`,
    );
    return 0;
  },
};

function mark(step: PlannedStep, { style }: Pick<Terminal, 'style'>): string {
  return { hit: style('dim', '='), run: style('green', '+'), 'may-run': style('yellow', '~') }[step.state];
}

function words(step: PlannedStep): string {
  if (step.state === 'hit') return 'unchanged';
  const reasons = step.reasons.map(reasonWords).join('; ');
  return step.state === 'run' ? `runs: ${reasons}` : `runs if the result of ${reasons.replace(/ runs$/, '')} changes`;
}
