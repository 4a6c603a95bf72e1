import { deployTo, shareAfter } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { tellNotShared } from '../render/not-shared.ts';
import { runView } from '../render/run-view.ts';

export const command: Command = {
  name: 'deploy',
  summary: 'Deploy a release to an environment',
  usage: 'ENV [RELEASE]',
  options: {
    again: { type: 'boolean', help: 'Deploy it even if it was rolled back before' },
    reason: { type: 'string', value: 'TEXT', help: 'Why; kept in the history' },
  },
  examples: [
    {
      line: 'tidegate deploy production',
      does: 'what is live in the environment before it; or starts again what should be live and is not',
    },
    { line: 'tidegate deploy staging 3f2a9c1d', does: 'a release by the first digits of its digest' },
  ],
  run: async (invocation) => {
    const [environment = '', release = null] = invocation.positionals;
    using project = await openHere(invocation);
    const { terminal } = invocation;
    const live = await deployTo(project, environment, {
      release,
      again: invocation.flag('again'),
      reason: invocation.text('reason') ?? 'asked for on the command line',
      signal: invocation.signal,
      emit: runView(terminal, { verbose: false }),
    });
    if (invocation.json) terminal.json(live);
    terminal.line(
      `${environment}: release ${shortDigest(live.release)} is live at ${live.address ?? 'no address'}${live.changed ? '' : ', as before'}.`,
    );
    tellNotShared(await shareAfter(project, null), terminal);
    return 0;
  },
};
