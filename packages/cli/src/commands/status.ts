import { projectStatus, type ProjectStatus, type UpOwner, upOwner } from '@tidegate/core';
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
    const [status, owner] = await Promise.all([projectStatus(project), upOwner(project)]);
    if (invocation.json) invocation.terminal.json({ ...status, up: owner === null ? null : shownOwner(owner) });
    for (const line of [...statusLines(status, invocation.terminal), ...upLines(owner)]) invocation.terminal.line(line);
    return 0;
  },
};

/** What a script needs to talk to `tidegate up`. */
function shownOwner({ pid, address, token, since }: UpOwner): Pick<UpOwner, 'pid' | 'address' | 'token' | 'since'> {
  return { pid, address, token, since };
}

function upLines(owner: UpOwner | null): readonly string[] {
  return owner === null ? [] : [`Up: process ${owner.pid} watches it${owner.address === null ? '' : `, live page at ${owner.address}`}.`];
}

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
