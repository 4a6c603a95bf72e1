import { relative, resolve } from 'node:path';
import { compareRuns, experimentsOf, listRunsInBrief, type Project, requireRun, writeFileAtomically } from '@tidegate/core';
import { failure, isStepName, type RunStatus, type StepName, type Verdict } from '@tidegate/formats';
import { byVerb } from '../by-verb.ts';
import type { Command, Invocation } from '../command.ts';
import { momentOf } from '../moment-of.ts';
import { experimentPage } from '../experiments/experiment-page.ts';
import { comparedRunLines } from '../render/compared-runs-view.ts';
import { experimentLines } from '../render/experiment-view.ts';
import { runLines, runList } from '../render/run-history-view.ts';

const statuses: readonly RunStatus[] = ['running', 'succeeded', 'stopped', 'failed', 'cancelled', 'crashed'];
const verdicts: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'invalid'];

export const command: Command = {
  name: 'runs',
  summary: 'Look at the history of runs: list, show and compare them',
  usage:
    '[list [--status STATUS] [--verdict VERDICT] [--step STEP] [--branch BRANCH] [--commit COMMIT] [--since TIME] [--until TIME] [--limit N] | show RUN | compare BEFORE AFTER [--page FILE] | experiments [--limit N] [--page FILE]]',
  options: {
    status: { type: 'string', value: 'STATUS', help: `Only runs that ended so: ${statuses.join(', ')}` },
    verdict: { type: 'string', value: 'VERDICT', help: `Only runs with this verdict: ${verdicts.join(', ')}` },
    step: { type: 'string', value: 'STEP', help: 'Only runs in which this step ran, whether or not it failed' },
    branch: { type: 'string', value: 'BRANCH', help: 'Only runs of this branch' },
    commit: { type: 'string', value: 'COMMIT', help: 'Only runs of this commit, by its first digits' },
    since: { type: 'string', value: 'TIME', help: 'Only runs that began at this moment or later, ISO 8601' },
    until: { type: 'string', value: 'TIME', help: 'Only runs that began earlier' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'How many runs, the newest first (default 20)' },
    page: {
      type: 'string',
      value: 'FILE',
      help: 'With "compare" and "experiments": write parameters, metrics and curves as one HTML page with plots',
    },
  },
  examples: [
    { line: 'tidegate runs', does: 'the last runs with what came of them' },
    { line: 'tidegate runs list --status failed --branch main --since 2026-11-01', does: 'what failed on main this month' },
    { line: 'tidegate runs list --step steps.train', does: 'the runs in which the model was trained' },
    { line: 'tidegate runs show last', does: 'what became of every step of the last run' },
    { line: 'tidegate runs experiments -n 10', does: 'the last ten runs with the parameters in which they differ, and their metrics' },
    { line: 'tidegate runs compare last-1 last --page compared.html', does: 'two runs on one page with plots of metrics and curves' },
    { line: 'tidegate runs compare last-1 last', does: 'what went in, came out, was judged and took time differently' },
  ],
  run: byVerb({
    list: async ({ project, invocation }) => {
      const runs = listRunsInBrief(project, wantedOf(invocation));
      if (invocation.json) invocation.terminal.json(runs);
      for (const line of runList(runs, invocation.terminal)) invocation.terminal.line(line);
    },
    show: async ({ project, invocation: { terminal, json }, words: [name = ''] }) => {
      const run = requireRun(project, name);
      if (json) terminal.json(run);
      for (const line of runLines(run, terminal)) terminal.line(line);
    },
    compare: async ({ project, invocation, words: [before = '', after = ''] }) => {
      const { terminal, json } = invocation;
      const compared = await compareRuns(project, before, after);
      if (json) terminal.json(compared);
      if (await writePage(project, invocation, [requireRun(project, before), requireRun(project, after)])) return;
      for (const line of comparedRunLines(compared, terminal)) terminal.line(line);
    },
    experiments: async ({ project, invocation }) => {
      const { terminal, json } = invocation;
      const runs = listRunsInBrief(project, wantedOf(invocation)).map(({ id }) => requireRun(project, id));
      const experiments = await experimentsOf(project, runs);
      if (json) terminal.json(experiments);
      if (await writePage(project, invocation, runs)) return;
      for (const line of experimentLines(experiments, terminal)) terminal.line(line);
    },
  }),
};

/** @returns whether a page was asked for */
async function writePage(
  project: Project,
  { text, cwd, terminal }: Invocation,
  runs: Parameters<typeof experimentsOf>[1],
): Promise<boolean> {
  const page = text('page');
  if (page === undefined) return false;
  const path = resolve(cwd, page);
  await writeFileAtomically(path, experimentPage(project.name, await experimentsOf(project, runs)));
  terminal.line(`Written: ${relative(cwd, path)}`);
  return true;
}

type Wanted = Parameters<typeof listRunsInBrief>[1];

function wantedOf({ text }: Invocation): Wanted {
  const [status, verdict, step] = [
    oneOf('status', text('status'), statuses),
    oneOf('verdict', text('verdict'), verdicts),
    stepOf(text('step')),
  ];
  const [branch, commit, since, until] = [text('branch'), text('commit'), isoOf('since', text('since')), isoOf('until', text('until'))];
  return {
    ...(status !== undefined && { status }),
    ...(verdict !== undefined && { verdict }),
    ...(step !== undefined && { step }),
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { commit }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    limit: limitOf(text('limit')),
  };
}

function oneOf<T extends string>(option: string, text: string | undefined, values: readonly T[]): T | undefined {
  const found = values.find((value) => value === text);
  if (text === undefined || found !== undefined) return found;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot list runs by the ${option} "${text}": there is none of that name`,
    `Write one of ${values.join(', ')}`,
  );
}

function stepOf(text: string | undefined): StepName | undefined {
  if (text === undefined || isStepName(text)) return text;
  throw failure('TG-CLI-USAGE', `Cannot list runs by the step "${text}": it must be a qualified name`, 'For example: "--step steps.train"');
}

function isoOf(option: string, text: string | undefined): string | undefined {
  const at = momentOf(option, text);
  return at === null ? undefined : new Date(at).toISOString();
}

function limitOf(text: string | undefined): number {
  const limit = Number(text ?? 20);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw failure('TG-CLI-USAGE', `Cannot list ${JSON.stringify(text)} runs: it must be a whole number from 1`, 'For example: "--limit 100"');
}
