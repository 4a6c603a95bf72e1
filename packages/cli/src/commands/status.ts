import { projectStatus, type ProjectStatus } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../render/terminal.ts';
import { runWords, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'status',
  summary: 'Show what is live where, the last run, and what has changed since',
  usage: '',
  options: {},
  examples: [
    { line: 'tidegate status', does: 'environments with address and release, the last run, the state of the tree' },
    { line: 'tidegate status --json', does: 'the same as data, for scripts' },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const status = await projectStatus(project);
    if (invocation.json) invocation.terminal.json(status);
    for (const line of statusLines(status, invocation.terminal)) invocation.terminal.line(line);
    return 0;
  },
};

function statusLines(status: ProjectStatus, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { revision, lastRun } = status;
  const tree = revision.dirty ? ', with uncommitted changes' : '';
  const environments = status.environments.map((one) => [
    style('bold', one.name),
    one.release === null ? 'nothing live' : `release ${shortDigest(one.release)}`,
    one.release === null
      ? ''
      : one.running
        ? style('green', one.address ?? '')
        : style('red', `not running: start it with "tidegate deploy ${one.name}"`),
    one.since === null ? '' : `since ${one.since}`,
    one.restarts > 0 ? style('yellow', `restarted ${one.restarts} times`) : '',
  ]);
  const verdict = lastRun === null || lastRun.verdict === null ? '' : `, verdict ${style(verdictStyle[lastRun.verdict], lastRun.verdict)}`;
  return [
    `Project ${style('bold', status.project)}${revision.commit === null ? '' : ` at ${revision.commit.slice(0, 12)}`}${revision.branch === null ? '' : ` on ${revision.branch}`}${tree}`,
    lastRun === null ? 'No run yet.' : `Last run ${lastRun.id} ${runWords[lastRun.status]}${verdict} (${lastRun.startedAt}).`,
    ...table(environments, { indent: '  ' }),
  ];
}
