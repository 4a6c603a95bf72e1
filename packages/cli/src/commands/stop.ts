import { endDeadRuns, stopEnvironment, shareAfter } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { tellNotShared } from '../render/not-shared.ts';

export const command: Command = {
  name: 'stop',
  summary: 'Stop what runs in an environment, and what killed runs have left running',
  usage: '[ENV…]',
  options: {},
  examples: [
    { line: 'tidegate stop staging', does: 'ends what runs there; its address is kept for the next deployment' },
    { line: 'tidegate stop', does: 'the same in every environment of the project' },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const names = invocation.positionals.length > 0 ? invocation.positionals : Object.keys(project.config.environments);
    const stopped = [];
    for (const name of names) if (await stopEnvironment(project, name)) stopped.push(name);
    const processesEnded = await endDeadRuns(project);
    if (invocation.json) invocation.terminal.json({ stopped, processesEnded });
    if (processesEnded > 0)
      invocation.terminal.line(
        `Ended ${processesEnded === 1 ? 'a process' : `${processesEnded} processes`} that a killed run had left running.`,
      );
    invocation.terminal.line(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}.`);
    tellNotShared(await shareAfter(project, null), invocation.terminal);
    return 0;
  },
};
