import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { lastRun } from '@tidegate/core';
import { failure, isRunId, type ReplayReport, storedRecord } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { writeRunReport, writeStory } from '../report/write.ts';

export const command: Command = {
  name: 'report',
  summary: 'Write the HTML report of a run or of the whole history',
  usage: '[RUN] [--all [--replay FILE]] [--output FILE]',
  options: {
    all: { type: 'boolean', help: 'Every run of the project and what was live when, on one page' },
    replay: {
      type: 'string',
      value: 'FILE',
      help: 'With "--all": the receipt of a "tidegate score --replay ENV --receipt FILE", shown as well',
    },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'Where to write it (default: build/report.html)' },
  },
  examples: [
    { line: 'tidegate report', does: 'the last run again, to build/report.html' },
    { line: 'tidegate report --all -o story.html', does: 'the whole history of the project' },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const output = invocation.text('output');
    const target = output === undefined ? resolve(project.root, 'build/report.html') : resolve(invocation.cwd, output);
    const [wanted] = invocation.positionals;
    if (invocation.flag('all')) await writeStory(project, target, await replayIn(invocation));
    else {
      const run = wanted === undefined ? (lastRun(project)?.id ?? null) : isRunId(wanted) ? wanted : null;
      if (run === null)
        throw failure(
          'TG-CLI-NOT-FOUND',
          wanted === undefined ? 'Cannot write a report: the project has no run yet' : `Cannot write a report: "${wanted}" is no run`,
          'Run "tidegate run" first, or look at "tidegate log"',
        );
      await writeRunReport(project, run, target);
    }
    if (invocation.json) invocation.terminal.json({ report: target });
    invocation.terminal.line(`Report: ${relative(invocation.cwd, target)}`);
    return 0;
  },
};

/** @throws TG-CLI-NOT-FOUND, TG-STORE-RECORD */
async function replayIn({ cwd, text }: Invocation): Promise<ReplayReport | null> {
  const path = text('replay');
  if (path === undefined) return null;
  const found = await readFile(resolve(cwd, path), 'utf8').then(jsonIn, () => null);
  if (found !== null) return storedRecord('tidegate.replay/1', found, path);
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot read "${path}": it is not there, or no JSON`,
    'Make it: tidegate score --replay production --receipt replay.json',
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
