import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { judgeChange } from '@tidegate/core';
import { exitOfRun } from '@tidegate/formats';
import { changePage } from '../ci/change-page.ts';
import { junitFile } from '../ci/junit.ts';
import { codeQualityFile, workflowCommands } from '../ci/line-annotations.ts';
import { openPosting, type Posted } from '../ci/posting.ts';
import { sarifFile } from '../ci/sarif.ts';
import { verdictSentence, verdictWord } from '../ci/verdict-sentence.ts';
import { writeWorkflow, type WrittenWorkflow } from '../ci/write-workflow.ts';
import type { Command, Invocation } from '../command.ts';
import { openHere, remoteOption, zoneOption } from '../open-here.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import { tellNotShared } from '../render/not-shared.ts';
import { runView } from '../render/run-view.ts';
import { harmless } from '../render/terminal.ts';
import { counted } from '../render/words.ts';
import { writeRunReport } from '../report/write.ts';
import { jobsOf } from '../jobs.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'ci',
  summary: 'Judge a range of commits: run as far as the gate, and report what changed and what came of it',
  usage: '[--base REV] [--head REV] [--report FILE] [--junit FILE] [--sarif FILE] [--remote FOLDER] [--comment] [--init CI]',
  options: {
    base: { type: 'string', value: 'REV', help: 'Compare with this revision (default: what the CI says, else the default branch)' },
    head: { type: 'string', value: 'REV', help: 'Judge this revision, which must be checked out (default: what is)' },
    report: { type: 'string', value: 'FILE', help: 'Where to write the report in Markdown (default: build/ci/report.md)' },
    junit: { type: 'string', value: 'FILE', help: 'Where to write the JUnit file (default: build/ci/junit.xml)' },
    sarif: {
      type: 'string',
      value: 'FILE',
      help: 'Where to write what does not pass, with its lines, as SARIF 2.1.0 (default: build/ci/report.sarif)',
    },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'Run up to N cores of steps at once (default: the cores of this machine)' },
    comment: { type: 'boolean', help: 'In a CI job: post the report as one comment that is updated, and a commit status' },
    init: {
      type: 'string',
      value: 'CI',
      help: 'Write the workflow files for a CI, "github" (Gitea, Forgejo) or "gitlab", and do nothing else',
    },
    remote: remoteOption,
    zone: zoneOption,
    'read-only': { type: 'boolean', help: 'Take from the remote, put nothing there: for changes that are not trusted' },
    verbose: { type: 'boolean', short: 'v', help: "Show the steps' own output as it comes" },
  },
  examples: [
    { line: 'tidegate ci', does: 'what the checked-out commit changes against the default branch, and the verdict' },
    { line: 'tidegate ci --base v1.2 --report change.md', does: 'the same against a tag, with the report where you want it' },
    { line: 'tidegate ci --remote /mnt/tidegate', does: 'in a fresh checkout: data, results and the champion come from that folder' },
    { line: 'tidegate ci --init github', does: 'writes a workflow that does so for every pull request' },
  ],
  run: async (invocation) => {
    const { terminal, text, json } = invocation;
    using project = await openHere(invocation, { runsSteps: text('init') === undefined });
    const init = text('init');
    if (init !== undefined) return tellWorkflow(await writeWorkflow(project, init), invocation);
    using posting = invocation.flag('comment') ? await openPosting(invocation, project.name) : null;
    await posting?.announce();
    const change = await judgeChange(project, {
      base: text('base') ?? null,
      head: text('head') ?? null,
      jobs: jobsOf(invocation),
      share: !invocation.flag('read-only'),
      signal: invocation.signal,
      emit: runView(terminal, { verbose: invocation.flag('verbose') }),
    }).catch(async (error: unknown) => {
      await posting?.giveUp(error);
      throw error;
    });
    const { run, files, datasets, views, services } = change;
    const page = changePage(change, { project: project.name, runUrl: posting?.context.runUrl ?? null });
    await write(invocation, text('report') ?? resolve(project.root, 'build/ci/report.md'), page);
    await write(invocation, text('junit') ?? resolve(project.root, 'build/ci/junit.xml'), junitFile(change));
    await write(invocation, text('sarif') ?? resolve(project.root, 'build/ci/report.sarif'), sarifFile(change.annotations, version));
    await write(invocation, resolve(project.root, 'build/ci/code-quality.json'), codeQualityFile(change.annotations));
    await writeRunReport(project, run.id, resolve(project.root, 'build/report.html'), change.contracts);
    const changed = [
      counted(files.length, 'file'),
      counted(datasets.length, 'dataset'),
      counted(views.length + services.length, 'feature view or service', 'feature views and services'),
    ];
    terminal.line(`Changed since ${change.base?.id.slice(0, 12) ?? 'nothing'}: ${changed.join(', ')}.`);
    terminal.line(`Verdict: ${verdictWord(change)}. ${harmless(verdictSentence(change))}.`);
    if (!json && invocation.variables['GITHUB_ACTIONS'] === 'true')
      for (const line of workflowCommands(change.annotations)) terminal.line(line);
    tellNotShared(change.notShared, terminal);
    const posted = (await posting?.finish(change, page)) ?? null;
    tellPosted(posted, terminal);
    if (json) terminal.json({ ...change, posted });
    return exitOfRun({ ...run, verdict: change.verdict });
  },
};

function tellWorkflow(written: WrittenWorkflow, { terminal, cwd, json }: Invocation): number {
  if (json) terminal.json(written);
  for (const file of written.files) terminal.line(`Written: ${relative(cwd, resolve(written.top, file))}`);
  for (const line of written.next) terminal.line(`${line}.`);
  return 0;
}

/** What could not be posted is told and hides no verdict. */
function tellPosted(posted: Posted | null, terminal: Invocation['terminal']): void {
  if (posted === null) return;
  if (posted.comment !== null) terminal.line(`Comment ${posted.comment}.`);
  for (const problem of posted.problems) for (const line of diagnosticLines(problem, terminal)) terminal.error(line);
}

async function write({ cwd, terminal }: Invocation, path: string, content: string): Promise<void> {
  const target = resolve(cwd, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  terminal.line(`Written: ${relative(cwd, target)}`);
}
