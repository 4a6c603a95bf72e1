import { resolve } from 'node:path';
import { type InstalledUnit, installUnit, keepUp, type Project, type UpOwner } from '@tidegate/core';
import { type EmitEvent, failure } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { goalOf } from '../goal.ts';
import { livePage, liveParts } from '../live/page.ts';
import { openHere } from '../open-here.ts';
import { program } from '../program.ts';
import { noteLine } from '../render/loop-words.ts';
import type { Terminal } from '../render/terminal.ts';

export const command: Command = {
  name: 'up',
  summary: 'Watch Git, sources and monitors, and drive the path by itself',
  usage: '[--to ENV] [--port N] [--clock FILE] [--once] [--install]',
  options: {
    to: { type: 'string', value: 'ENV', help: 'Take every branch to this environment (default: as "branches" of tidegate.yaml say)' },
    port: {
      type: 'string',
      short: 'p',
      value: 'N',
      help: 'Port of the live page on this machine (default: that of the last time, else a free one)',
    },
    clock: { type: 'string', value: 'FILE', help: 'Read the moment that concerns data from this file, to rehearse on past data' },
    once: { type: 'boolean', help: 'Do what is due, and end with the worst exit code of it: for cron' },
    install: { type: 'boolean', help: 'Write a unit of systemd that keeps it running, and say how to enable it' },
  },
  examples: [
    { line: 'tidegate up', does: 'takes each commit as far as its branch goes, until Ctrl-C; what is deployed stays up' },
    { line: 'tidegate up --to production', does: 'takes every commit on to production' },
    { line: 'tidegate up --once --json', does: 'does what is due now; prints what it did as one line of JSON each' },
    { line: 'tidegate up --to production --install', does: 'writes the unit for "tidegate up --to production"' },
  ],
  run: async (invocation) => {
    const { terminal, json, cwd, signal } = invocation;
    if (invocation.flag('install')) return install(invocation);
    const clock = invocation.text('clock');
    return keepUp({
      open: () => openHere(invocation),
      to: await environmentNamed(invocation),
      port: portOf(invocation.text('port')),
      clockFile: clock === undefined ? null : resolve(cwd, clock),
      once: invocation.flag('once'),
      words: { line: noteLine, page: livePage, parts: liveParts },
      onNote: (note) => (json ? terminal.jsonLine(note) : terminal.line(noteLine(note))),
      onWait: (owner) => terminal.line(waitWords(owner, invocation)),
      emit: movingLine(terminal),
      signal,
    });
  },
};

async function install(invocation: Invocation): Promise<number> {
  const { text, cwd, terminal, json } = invocation;
  const to = await environmentNamed(invocation);
  const port = portOf(text('port'));
  const clock = text('clock');
  const options = [
    ...(to === null ? [] : ['--to', to]),
    ...(port === null ? [] : ['--port', String(port)]),
    ...(clock === undefined ? [] : ['--clock', resolve(cwd, clock)]),
  ];
  using project = await openHere(invocation);
  const unit = await installUnit(project, { program: [process.execPath, program], options });
  if (json) terminal.json(unit);
  for (const line of unitLines(unit)) terminal.line(line);
  return 0;
}

function unitLines({ path, name, written, hasSystemd }: InstalledUnit): readonly string[] {
  return [
    written ? `Written: ${path}` : `Up to date: ${path}`,
    hasSystemd ? 'Enable and start it:' : 'Systemd does not run here. Where it does, enable and start it:',
    '  systemctl --user daemon-reload',
    `  systemctl --user enable --now ${name}`,
    'To keep it running when you are logged out: loginctl enable-linger',
    `What it does: journalctl --user --unit ${name} --follow`,
  ];
}

async function environmentNamed(invocation: Invocation): Promise<string | null> {
  const to = invocation.text('to');
  if (to === undefined) return null;
  using project: Project = await openHere(invocation);
  return goalOf(project, to);
}

function portOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    throw failure('TG-CLI-USAGE', `Cannot serve at port "${text}": it must be 0 to 65535`, 'For example: tidegate up --port 9100');
  return Number(text);
}

/** On a terminal, what is going on just now, below the log. */
function movingLine({ status }: Pick<Terminal, 'status'>): EmitEvent {
  return (event) => {
    if (event.kind === 'step-started') status(`… ${event.step}`);
    if (event.kind === 'step-progress') status(`… ${event.step}: ${event.doing}`);
    if (event.kind === 'deploy-progress') status(`… ${event.environment}: ${event.doing}`);
    if (event.kind === 'virtual-environment-progress') status(`… virtual environment: ${event.doing}`);
    if (event.kind === 'run-finished' || event.kind === 'deployed') status(null);
  };
}

function waitWords(owner: UpOwner | null, { flag }: Pick<Invocation, 'flag'>): string {
  const who = owner === null ? 'Another process' : `Process ${owner.pid}`;
  const where = owner?.address === undefined || owner.address === null ? '' : ` (${owner.address})`;
  return `${who} watches this project already${where}: ${flag('once') ? 'nothing to do here' : 'waits until it ends'}.`;
}
