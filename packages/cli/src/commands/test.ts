import { runProject, testSteps } from '@tidegate/core';
import { exitOfRun } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { runView, summaryLines } from '../render/run-view.ts';

export const command: Command = {
  name: 'test',
  summary: 'Run the tests of the project',
  usage: '[NAME…]',
  options: {
    force: { type: 'boolean', help: 'Run them even if nothing changed' },
    verbose: { type: 'boolean', short: 'v', help: "Show the tests' own output as it comes" },
  },
  examples: [
    { line: 'tidegate test', does: 'every suite under "tests:" that something changed for' },
    { line: 'tidegate test unit --force -v', does: 'one suite, in any case, with its output' },
  ],
  run: async (invocation) => {
    const { terminal } = invocation;
    using project = await openHere(invocation);
    const only = testSteps(project, invocation.positionals);
    if (only.length === 0) {
      terminal.line('The project has no tests: add some under "tests:" in tidegate.yaml.');
      return 0;
    }
    const { record } = await runProject(project, {
      goal: 'gate',
      only,
      force: invocation.flag('force') ? only : [],
      jobs: null,
      again: false,
      signal: invocation.signal,
      emit: runView(terminal, { verbose: invocation.flag('verbose') }),
    });
    for (const line of summaryLines(record, terminal)) terminal.line(line);
    if (invocation.json) terminal.json({ run: record });
    return exitOfRun(record);
  },
};
