import { listRuns, newestNotes, type Project, searchLogs, stepLog } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { duration } from '../render/figures.ts';
import { noteLine } from '../render/loop-words.ts';
import { table } from '../render/table.ts';
import { harmless } from '../render/terminal.ts';
import { runWords, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'log',
  summary: 'List runs, or print and search the log of a step or of tidegate up',
  usage: '[STEP] [--limit N] [--up]',
  options: {
    limit: { type: 'string', short: 'n', value: 'N', help: 'How many runs or lines (default 20)' },
    run: {
      type: 'string',
      value: 'RUN',
      help: 'What was printed in this run; without a step, by all of its steps (default: the newest that has a log)',
    },
    grep: {
      type: 'string',
      value: 'PATTERN',
      help: 'Only lines with this text in them, or between slashes with this pattern: "/loss = .*nan/"',
    },
    all: { type: 'boolean', help: 'Search the logs of all runs that are kept, the newest first' },
    up: { type: 'boolean', help: 'What "tidegate up" did, and why, the newest last' },
  },
  examples: [
    { line: 'tidegate log', does: 'the last runs with their verdicts' },
    { line: 'tidegate log --up -n 100', does: 'the last 100 things that "tidegate up" did, with their reasons' },
    { line: 'tidegate log steps.train', does: 'what the step printed when it last ran' },
    { line: 'tidegate log steps.train --run last-1 --grep nan', does: 'the lines with "nan" of an earlier run' },
    { line: 'tidegate log --grep "/[Ww]arn(ing)?:/" --all', does: 'warnings of every step in every run whose log is kept' },
  ],
  run: async (invocation) => {
    const { terminal } = invocation;
    using project = await openHere(invocation);
    const [step] = invocation.positionals;
    if (['run', 'grep'].some((option) => invocation.text(option) !== undefined) || invocation.flag('all'))
      return await search(project, step ?? null, invocation);
    if (step !== undefined) {
      const text = await stepLog(project, step);
      if (text === null)
        throw failure('TG-CLI-NOT-FOUND', `Cannot print a log: "${step}" has not run`, 'Run "tidegate plan" for the names of the steps');
      if (invocation.json) terminal.json({ step, log: text });
      else for (const line of text.trimEnd().split('\n')) terminal.line(harmless(line));
      return 0;
    }
    const limit = Number(invocation.text('limit') ?? 20) || 20;
    if (invocation.flag('up')) {
      const notes = newestNotes(project, limit).toReversed();
      if (invocation.json) terminal.json(notes);
      for (const line of notes.length === 0 ? ['It has not been up yet.'] : notes.map(noteLine)) terminal.line(line);
      return 0;
    }
    const runs = listRuns(project).slice(0, limit);
    if (invocation.json) terminal.json(runs);
    const rows = runs.map((run) => [
      run.id,
      run.verdict === null ? '' : terminal.style(verdictStyle[run.verdict], run.verdict),
      runWords[run.status],
      run.durationMs === null ? '' : duration(run.durationMs),
      `to ${run.goal}`,
      `${run.commit?.slice(0, 8) ?? 'no commit'}${run.dirty ? '+' : ''}`,
      harmless(run.subject ?? ''),
    ]);
    for (const line of runs.length === 0 ? ['No run yet.'] : table(rows)) terminal.line(line);
    return 0;
  },
};

/** More lines than anybody reads. */
const mostLines = 1_000;

async function search(project: Project, step: string | null, { terminal, json, text, flag }: Invocation): Promise<number> {
  const all = flag('all');
  const { lines, isCut } = await searchLogs(project, {
    step,
    run: text('run') ?? null,
    all,
    pattern: text('grep') ?? null,
    limit: Number(text('limit') ?? mostLines) || mostLines,
  });
  if (json) terminal.json({ lines, isCut });
  for (const { run, step: name, line, text: printed } of lines)
    terminal.line(
      `${terminal.style('dim', [...(all ? [run] : []), ...(step === null ? [name] : []), line].join(':'))} ${harmless(printed)}`,
    );
  if (lines.length === 0) terminal.line('No such line.');
  if (isCut) terminal.line(`These are the first ${lines.length}: more with "--limit".`);
  return 0;
}
