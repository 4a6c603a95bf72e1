import { setTimeout as pause } from 'node:timers/promises';
import { askUp, projectStatus, type ProjectStatus, type UpOwner, upOwner } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { type Doing, doingWords } from '../render/loop-words.ts';
import { table } from '../render/table.ts';
import { harmless, type Terminal } from '../render/terminal.ts';
import { runWords, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'status',
  summary: 'Show what is live where, the last run, and what has changed since',
  usage: '[--watch]',
  options: { watch: { type: 'boolean', short: 'w', help: 'Look again every second, until Ctrl-C; with --json a line for each change' } },
  examples: [
    { line: 'tidegate status', does: 'environments with address and release, the last run, the state of the tree' },
    { line: 'tidegate status --watch', does: 'the same, brought up to date every second' },
    { line: 'tidegate status --json', does: 'the same as data, for scripts' },
  ],
  run: async (invocation) => {
    const { terminal } = invocation;
    if (invocation.flag('watch')) return watch(invocation);
    const status = await look(invocation);
    if (invocation.json) terminal.json(status);
    for (const line of linesOf(status, terminal)) terminal.line(line);
    return 0;
  },
};

/** The state of the project, and who watches it: `null` when nobody does. */
interface Shown extends ProjectStatus {
  readonly up:
    | (Pick<UpOwner, 'pid' | 'address' | 'token' | 'since'> & {
        /** Null when it serves no page or does not answer. */
        readonly doing: Doing | null;
      })
    | null;
}

async function look(invocation: Invocation): Promise<Shown> {
  using project = await openHere(invocation);
  const [status, owner] = await Promise.all([projectStatus(project), upOwner(project)]);
  if (owner === null) return { ...status, up: null };
  const { pid, address, token, since } = owner;
  const now = await askUp(owner, invocation.signal);
  if (now === null) return { ...status, up: { pid, address, token, since, doing: null } };
  const { hindrance, change, isRefreshing, isChecking, isReading } = now;
  const doing = { hindrance, change, isRefreshing, isChecking, isReading };
  return { ...status, up: { pid, address, token, since, doing } };
}

/** Shows what differs from the last look, every second. */
async function watch(invocation: Invocation): Promise<number> {
  const { terminal, signal, json } = invocation;
  let shown = '';
  while (!signal.aborted) {
    const status = await look(invocation);
    const lines = linesOf(status, terminal);
    const text = json ? JSON.stringify(status) : lines.join('\n');
    if (text !== shown && json) terminal.jsonLine(status);
    if (text !== shown && !json) terminal.block(lines);
    shown = text;
    await pause(1_000, undefined, { signal }).catch(() => {});
  }
  return 0;
}

function linesOf(status: Shown, terminal: Pick<Terminal, 'style'>): readonly string[] {
  return [...statusLines(status, terminal), ...upLines(status.up)];
}

function upLines(up: Shown['up']): readonly string[] {
  if (up === null) return [];
  const where = up.address === null ? '' : `, live page at ${up.address}`;
  return [`Up: process ${up.pid} watches it${where}.`, ...(up.doing === null ? [] : [`  ${harmless(doingWords(up.doing))}`])];
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
