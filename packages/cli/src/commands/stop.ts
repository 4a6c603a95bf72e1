import { stopEnvironment } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';

export const command: Command = {
  name: 'stop',
  summary: 'Stop what runs in an environment',
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
    if (invocation.json) invocation.terminal.json({ stopped });
    invocation.terminal.line(stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}.`);
    return 0;
  },
};
