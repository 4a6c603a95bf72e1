import { join, relative } from 'node:path';
import { type PartOfRun, type Project, type ProjectRun, removeLeftovers, runProject } from '@tidegate/core';
import { exitOfRun } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { jobsOf } from '../jobs.ts';
import { openHere, remoteOption, zoneOption } from '../open-here.ts';
import { goalOf } from '../goal.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import { foldRun } from '../render/fold-items.ts';
import { tellNotShared } from '../render/not-shared.ts';
import { runView, summaryLines } from '../render/run-view.ts';
import { tellPlan } from '../tell-plan.ts';
import { writeRunReport } from '../report/write.ts';

export const command: Command = {
  name: 'run',
  summary: 'Take the project along the path: as far as the gate, or to an environment',
  usage: '[STEP…] [--to ENV]',
  options: {
    to: { type: 'string', value: 'ENV', help: 'Go on to this environment when the gate passes, through those before it' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'Run up to N cores of steps at once (default: the cores of this machine)' },
    from: { type: 'string', value: 'STEP', multiple: true, help: 'Only this step, what comes after it, and what those need' },
    only: { type: 'string', value: 'STEP', multiple: true, help: 'Only this step; what it needs is taken from earlier runs' },
    failed: { type: 'boolean', help: 'Only what failed in the newest run or was not reached, and what that needs' },
    force: { type: 'string', value: 'STEP', multiple: true, help: 'Run this step even if nothing changed; "all" means every step' },
    'keep-going': { type: 'boolean', short: 'k', help: 'After a failure, go on with what does not need the failed step' },
    'dry-run': { type: 'boolean', help: 'Say what would run, as "tidegate plan" does, and run nothing' },
    trace: {
      type: 'string',
      value: 'STEP',
      multiple: true,
      help: 'Run this step and list the files that it looks for and does not declare (needs strace)',
    },
    replace: { type: 'boolean', help: 'With --force: let the new result count, also where it is not the one that was there' },
    again: { type: 'boolean', help: 'Deploy a release even if it was rolled back before' },
    remote: remoteOption,
    zone: zoneOption,
    verbose: { type: 'boolean', short: 'v', help: "Show the steps' own output as it comes" },
  },
  examples: [
    { line: 'tidegate run', does: 'everything as far as the gate; only what changed runs' },
    { line: 'tidegate run --to production', does: 'and, when the gate passes, through staging to production' },
    { line: 'tidegate run steps.train', does: 'only this step and what it needs' },
    { line: 'tidegate run --from steps.train', does: 'this step, and everything that comes of it' },
    { line: 'tidegate run --failed', does: 'what the newest run did not bring to a result' },
    { line: 'tidegate run --force steps.train -v', does: 'train again, showing its output' },
    { line: 'tidegate run --trace steps.train', does: 'train again, and say what it reads without declaring it' },
    { line: 'tidegate run --force all --dry-run', does: 'what would run if nothing were there yet' },
  ],
  run: async (invocation) => {
    const { terminal } = invocation;
    using project = await openHere(invocation, { runsSteps: true });
    const wanted = {
      goal: goalOf(project, invocation.text('to')),
      ...partOf(invocation),
      force: invocation.texts('force'),
      trace: invocation.texts('trace'),
    };
    if (invocation.flag('dry-run')) return await tellPlan(project, invocation, { ...wanted, jobs: jobsOf(invocation) });
    const outcome = await runProject(project, {
      ...wanted,
      keepGoing: invocation.flag('keep-going'),
      replace: invocation.flag('replace'),
      jobs: jobsOf(invocation),
      again: invocation.flag('again'),
      signal: invocation.signal,
      emit: runView(terminal, { verbose: invocation.flag('verbose') }),
    });
    await tellOutcome(project, outcome, invocation);
    return exitOfRun(outcome.record);
  },
};

function partOf({ positionals, texts, flag }: Invocation): PartOfRun {
  return { only: positionals, from: texts('from'), alone: texts('only'), failed: flag('failed') };
}

async function tellOutcome(project: Project, outcome: ProjectRun, invocation: Invocation): Promise<void> {
  const { terminal } = invocation;
  for (const line of summaryLines(outcome.record, terminal)) terminal.line(line);
  for (const live of outcome.live)
    terminal.line(
      `${live.environment}: release ${live.release.slice(7, 19)} is live at ${live.address ?? 'no address'}${live.changed ? '' : ', as before'}.`,
    );
  if (outcome.notDeployed !== null) terminal.line(terminal.style('yellow', outcome.notDeployed));
  const { failure: broke } = outcome.record;
  if (broke !== null) for (const line of diagnosticLines({ ...broke, place: null }, terminal)) terminal.error(line);
  tellNotShared(outcome.notShared, terminal);
  if (outcome.lockMoved) terminal.line('tidegate.lock has moved: commit it with "git add tidegate.lock" and "git commit".');
  if (broke !== null || outcome.record.steps.some((step) => step.status !== 'hit')) {
    const report = join(project.root, 'build/report.html');
    await writeRunReport(project, outcome.record.id, report);
    terminal.line(`Report: ${relative(invocation.cwd, report)}`);
  } else await removeLeftovers(join(project.root, 'build')); // of a report that was being written when a run was killed
  if (invocation.json)
    terminal.json({
      ...foldRun(outcome.record),
      live: outcome.live,
      release: outcome.release,
      notDeployed: outcome.notDeployed,
      notShared: outcome.notShared,
    });
}
