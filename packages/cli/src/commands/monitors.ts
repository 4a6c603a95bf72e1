import { resolve } from 'node:path';
import {
  checkMonitors,
  listMonitors,
  type MonitorEntry,
  monitorHistory,
  type MonitorHistory,
  type Project,
  tryMonitor,
} from '@tidegate/core';
import { exitOfVerdict, failure, worstVerdict } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { momentOf } from '../moment-of.ts';
import { openHere } from '../open-here.ts';
import { checkLines, decisionLines, historyLines, triedLines } from '../render/check-view.ts';
import { moment } from '../render/figures.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../render/terminal.ts';
import { verdictMark, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'monitors',
  summary: 'Look at monitors: drift, quality and age of what is live',
  usage: '[list | check [NAME] [--now TIME] | log NAME | try NAME [--rows FILE]]',
  options: {
    now: {
      type: 'string',
      value: 'TIME',
      help: 'With "check": the moment that is asked about (ISO 8601; default: now), to look at the past',
    },
    rows: {
      type: 'string',
      value: 'FILE',
      help: 'With "try": a Parquet or CSV file whose columns are the inputs of the model, as its training set has them',
    },
  },
  examples: [
    { line: 'tidegate monitors', does: 'every monitor with what it found last' },
    { line: 'tidegate monitors check', does: 'all of them now; the exit code says the worst verdict' },
    { line: 'tidegate monitors check delay-api --now 2013-10-08T00:00:00Z', does: 'one of them, as if it were that moment' },
    { line: 'tidegate monitors log delay-api', does: 'what it found over time, the newest first, and the trainings it started' },
    {
      line: 'tidegate monitors try delay-api --rows drawn.parquet',
      does: 'what it would say of these rows; nothing is kept, nothing is started',
    },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const [verb = 'list', name] = invocation.positionals;
    const { terminal, json, text, signal } = invocation;
    if (verb === 'list') return list(listMonitors(project), invocation);
    if (verb === 'log') return log(monitorHistory(project, monitorNamed(name ?? '')), invocation);
    if (verb === 'try') return await tryRows(project, name, invocation); // before the project is closed
    const nowMs = momentOf('now', text('now')) ?? project.platform.clock.now();
    const checks = await checkMonitors(project, {
      names: name === undefined ? [] : [monitorNamed(name)],
      nowMs,
      onlyDue: false,
      signal,
      emit: () => undefined,
    });
    if (json) terminal.json(checks);
    if (checks.length === 0) terminal.line(none);
    for (const check of checks) for (const line of checkLines(check, terminal)) terminal.line(line);
    return checks.length === 0 ? 0 : exitOfVerdict(worstVerdict(checks.map(({ verdict }) => verdict)));
  },
};

const none = 'The project has no monitors: see docs/how-to/monitor-a-service.md.';

async function tryRows(project: Project, name: string | undefined, { terminal, json, text, cwd, signal }: Invocation): Promise<number> {
  const rows = text('rows');
  if (name === undefined || rows === undefined)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot try rows: ${name === undefined ? 'which monitor is not said' : 'no file is named'}`,
      'For example: tidegate monitors try delay-api --rows drawn.parquet',
    );
  const tried = await tryMonitor(project, { monitor: monitorNamed(name), file: resolve(cwd, rows), signal });
  if (json) terminal.json(tried);
  for (const line of triedLines(tried, terminal)) terminal.line(line);
  return exitOfVerdict(tried.verdict);
}

/** With or without the area in front, as `tidegate show` takes it. */
function monitorNamed(name: string): string {
  return name.replace(/^monitors\./, '');
}

function log(history: MonitorHistory, { terminal, json }: Pick<Invocation, 'terminal' | 'json'>): number {
  if (json) terminal.json(history);
  if (history.checks.length === 0) terminal.line('Not checked yet: run "tidegate monitors check".');
  for (const line of historyLines(history, terminal)) terminal.line(line);
  return 0;
}

function list(monitors: readonly MonitorEntry[], { terminal, json }: Pick<Invocation, 'terminal' | 'json'>): number {
  if (json) terminal.json(monitors);
  if (monitors.length === 0) terminal.line(none);
  for (const line of table(monitors.map((entry) => rowOf(entry, terminal)))) terminal.line(line);
  for (const { last } of monitors)
    if (last !== null) for (const line of decisionLines(last, terminal)) terminal.line(`${last.monitor}: ${line}`);
  return 0;
}

function rowOf({ monitor, config, last }: MonitorEntry, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const name = style('bold', `monitors.${monitor}`);
  if (last === null) return [name, `in ${config.environment}`, 'not checked yet: run "tidegate monitors check"'];
  const verdict = style(verdictStyle[last.verdict], `${verdictMark[last.verdict]} ${last.verdict}`);
  return [name, `in ${config.environment}`, verdict, last.parts.map((part) => `${part.part} ${part.verdict}`).join(', '), moment(last.at)];
}
