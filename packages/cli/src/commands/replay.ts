import { type Project, replayRun, replayVerdicts } from '@tidegate/core';
import { exitOfVerdict } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { jobsOf } from '../jobs.ts';
import { openHere } from '../open-here.ts';
import { runReplayLines } from '../render/run-replay-view.ts';
import { verdictReplayLines } from '../render/verdict-replay-view.ts';
import { runView } from '../render/run-view.ts';

export const command: Command = {
  name: 'replay',
  summary: 'Rebuild a run in a clean place, and say whether the same comes out',
  usage: 'RUN',
  options: {
    step: { type: 'string', value: 'STEP', help: 'Only this step and what it needs' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'Run up to N cores of steps at once (default: the cores of this machine)' },
    keep: { type: 'boolean', help: 'Leave the rebuilt project where it was made' },
    verdicts: { type: 'boolean', help: 'Only compute the verdicts on models and on what serving costs again, from what the store has' },
  },
  examples: [
    {
      line: 'tidegate replay last',
      does: 'rebuilds the last run from its commit and data versions; exit code 3 when something else comes out',
    },
    { line: 'tidegate replay r-20261123-202553-3f9a --step steps.train', does: 'only the training and what it needs' },
    {
      line: 'tidegate replay last --verdicts',
      does: 'judges models and trials again by their records: nothing is trained, scored or measured',
    },
    { line: 'tidegate replay last --keep --json', does: 'leaves the rebuilt project there to look at; the report as data' },
  ],
  run: async (invocation) => {
    const { terminal, json, text, flag, signal } = invocation;
    const [run = ''] = invocation.positionals;
    using project = await openHere(invocation);
    if (flag('verdicts')) return await judgedAgain(invocation, project, run);
    const replay = await replayRun(project, {
      run,
      step: text('step') ?? null,
      keep: flag('keep'),
      jobs: jobsOf(invocation),
      signal,
      emit: runView(terminal, { verbose: false }),
    });
    terminal.status(null);
    if (json) terminal.json(replay);
    for (const line of runReplayLines(replay, terminal)) terminal.line(line);
    return exitOfVerdict(replay.outcome === 'different' ? 'fail' : 'pass');
  },
};

async function judgedAgain({ terminal, json }: Invocation, project: Project, run: string): Promise<number> {
  const replay = await replayVerdicts(project, run);
  if (json) terminal.json(replay);
  for (const line of verdictReplayLines(replay, terminal)) terminal.line(line);
  return exitOfVerdict(replay.steps.every(({ differing, lacks }) => differing.length === 0 && lacks === null) ? 'pass' : 'fail');
}
