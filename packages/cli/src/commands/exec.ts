import { runInVirtualEnvironment } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';

export const command: Command = {
  name: 'exec',
  summary: "Run a command in the project's virtual environment",
  usage: '-- COMMAND [ARGUMENTS]',
  options: {},
  examples: [
    { line: 'tidegate exec -- python prepare_data.py --months 2013-09', does: 'a script of yours, with the packages the lock names' },
    { line: 'tidegate exec -- python', does: 'an interactive interpreter' },
  ],
  run: async (invocation) => {
    const argv = invocation.rest.length > 0 ? invocation.rest : invocation.positionals;
    if (argv.length === 0)
      throw failure('TG-CLI-USAGE', 'Cannot run a command: none is given', 'For example: tidegate exec -- python train.py');
    const { terminal } = invocation;
    using project = await openHere(invocation);
    const code = await runInVirtualEnvironment(project, argv, {
      signal: invocation.signal,
      toStderr: invocation.json,
      onBuild: (doing) =>
        terminal.interactive ? terminal.status(`… virtual environment: ${doing}`) : terminal.error(`… virtual environment: ${doing}`),
    });
    if (invocation.json) terminal.json({ command: argv, code });
    return code;
  },
};
