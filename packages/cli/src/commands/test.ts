import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { acceptGolden, annotationsOf, flakyTests, runProject, testedPlaces, testedSuites, testSteps } from '@tidegate/core';
import { exitOfRun, failure } from '@tidegate/formats';
import { junitFile } from '../ci/junit.ts';
import { sarifFile } from '../ci/sarif.ts';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { runView, summaryLines } from '../render/run-view.ts';
import { acceptedLines, flakyLines, suiteLines } from '../render/tests-view.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'test',
  summary: 'Run the tests of the project',
  usage: '[NAME…] [--all] [--why] [--junit FILE] [--sarif FILE] [--flaky] [--accept]',
  options: {
    all: { type: 'boolean', help: 'Also what tests models and their releases, which trains what is not trained' },
    why: { type: 'boolean', help: 'Say of each suite why it ran, or whose evidence it has' },
    junit: { type: 'string', value: 'FILE', help: 'Write the outcome as JUnit XML' },
    sarif: { type: 'string', value: 'FILE', help: 'Write what does not pass, with its lines, as SARIF 2.1.0' },
    flaky: { type: 'boolean', help: 'Run nothing: tell which tests failed and passed on the same so far' },
    accept: { type: 'boolean', help: 'Show how the rows of the golden suites named differ, and write them as those that are expected' },
    force: { type: 'boolean', help: 'Run them even if nothing changed' },
    verbose: { type: 'boolean', short: 'v', help: "Show the tests' own output as it comes" },
  },
  examples: [
    { line: 'tidegate test', does: 'every suite under "tests:" that something changed for' },
    { line: 'tidegate test unit --force -v', does: 'one suite, in any case, with its output' },
    { line: 'tidegate test --all --why', does: 'every kind of test, and of each why it ran or did not' },
    { line: 'tidegate test --junit junit.xml --sarif tests.sarif', does: 'the outcome as other tools read it' },
    { line: 'tidegate test clean --accept', does: 'the golden rows of a suite as they are now, with what is different' },
    { line: 'tidegate test --flaky', does: 'tests that are not to be relied on' },
  ],
  run: async (invocation) => {
    const { terminal, positionals, json } = invocation;
    using project = await openHere(invocation);
    if (invocation.flag('flaky')) {
      const flaky = await flakyTests(project);
      for (const line of flakyLines(flaky, terminal)) terminal.line(line);
      if (json) terminal.json({ flaky });
      return 0;
    }
    const accepts = invocation.flag('accept');
    if (accepts && positionals.length === 0)
      throw failure('TG-CLI-USAGE', 'Cannot accept rows: no suite is named', 'Name suites with golden rows: tidegate test clean --accept');
    const only = await testSteps(project, positionals, { all: invocation.flag('all') });
    if (only.length === 0) {
      terminal.line('The project has no tests: add some under "tests:" in tidegate.yaml.');
      return 0;
    }
    const { record } = await runProject(project, {
      goal: 'gate',
      only,
      force: invocation.flag('force') ? only : [],
      jobs: null,
      again: false,
      signal: invocation.signal,
      emit: runView(terminal, { verbose: invocation.flag('verbose') }),
    });
    for (const line of summaryLines(record, terminal)) terminal.line(line);
    const places = invocation.flag('all') ? await testedPlaces(project, record) : [];
    const suites = [...(await testedSuites(project, record)), ...places];
    for (const line of suiteLines(suites, terminal, { why: invocation.flag('why') })) terminal.line(line);
    const tests = suites.flatMap(({ report }) => (report === null ? [] : [report]));
    await write(invocation, 'junit', () => junitFile({ run: record, tests, contracts: [] }));
    await write(invocation, 'sarif', async () => sarifFile(await annotationsOf(project, { run: record, suites, beside: [] }), version));
    const accepted = accepts ? await acceptGolden(project, record, only) : null;
    for (const line of accepted === null ? [] : acceptedLines(accepted, terminal)) terminal.line(line);
    if (json) terminal.json({ run: record, suites, ...(accepted !== null && { accepted }) });
    return accepted === null ? exitOfRun(record) : 0;
  },
};

async function write({ text, cwd, terminal }: Invocation, option: string, content: () => string | Promise<string>): Promise<void> {
  const path = text(option);
  if (path === undefined) return;
  const target = resolve(cwd, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await content());
  terminal.line(`Written: ${relative(cwd, target)}`);
}
