import { rollBack, shareAfter } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { tellNotShared } from '../render/not-shared.ts';
import { duration } from '../render/figures.ts';
import { runView } from '../render/run-view.ts';

export const command: Command = {
  name: 'rollback',
  summary: 'Go back to the release that was live before',
  usage: 'ENV [--service NAME] [--reason TEXT]',
  options: {
    service: { type: 'string', value: 'NAME', help: 'Which one, where several services of the project are live' },
    reason: { type: 'string', value: 'TEXT', help: 'Why; kept in the history' },
  },
  examples: [
    {
      line: 'tidegate rollback production --reason "too many late calls"',
      does: 'the release before becomes live again, at the same address',
    },
  ],
  run: async (invocation) => {
    const [environment = ''] = invocation.positionals;
    using project = await openHere(invocation);
    const { terminal } = invocation;
    const deployment = await rollBack(project, environment, {
      service: invocation.text('service') ?? null,
      reason: invocation.text('reason') ?? 'asked for on the command line',
      signal: invocation.signal,
      emit: runView(terminal, { verbose: false }),
    });
    if (invocation.json) terminal.json(deployment);
    const { release, replaced, switchMs, address } = deployment;
    terminal.line(
      `${environment}: back to release ${release === null ? 'none' : shortDigest(release)} instead of ${replaced === null ? 'none' : shortDigest(replaced)} at ${address ?? ''}${switchMs === null ? '' : `, switched in ${duration(switchMs)}`}.`,
    );
    tellNotShared(await shareAfter(project, null), terminal);
    return 0;
  },
};
