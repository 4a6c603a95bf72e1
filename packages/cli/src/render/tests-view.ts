import type { AcceptedRows, FlakyTest, TestedSuite } from '@tidegate/core';
import type { TestReport } from '@tidegate/formats';
import { originWords } from './explanation-view.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, reasonWords, shortName, verdictMark, verdictStyle } from './words.ts';

const kindWords: Readonly<Record<TestedSuite['kind'], string>> = {
  unit: 'unit',
  data: 'data',
  pipeline: 'pipeline',
  model: 'model',
  api: 'API',
};
const cameWords: Readonly<Record<TestedSuite['came'], string>> = {
  ran: 'ran',
  unchanged: 'not affected',
  reused: 'reused',
  'not-run': 'not run',
};

/** One line for each suite of whatever kind, and below it why it came so when that is asked for. */
export function suiteLines(suites: readonly TestedSuite[], terminal: Terminal, options: { readonly why: boolean }): readonly string[] {
  const cells = suites.map((suite) => [
    markOf(suite, terminal),
    kindWords[suite.kind],
    harmless(suite.suite),
    countsOf(suite.report),
    cameWords[suite.came],
  ]);
  const lines = table(cells);
  const all = lines.flatMap((line, index) => {
    const suite = suites[index];
    if (!options.why || suite === undefined) return [line];
    const selected = selectionWords(suite);
    return [line, `      ${harmless(whyOf(suite))}`, ...(selected === null ? [] : [`      ${harmless(selected)}`])];
  });
  return [...all, totalOf(suites)];
}

function markOf({ verdict, blocking, came }: TestedSuite, terminal: Terminal): string {
  if (verdict === null) return came === 'not-run' ? terminal.style('dim', '–') : terminal.style('red', '✗');
  return terminal.style(
    blocking ? verdictStyle[verdict] : verdict === 'pass' ? 'green' : 'yellow',
    blocking || verdict === 'pass' ? verdictMark[verdict] : '!',
  );
}

function countsOf(report: TestReport | null): string {
  if (report === null) return '';
  const flaky = report.cases.filter(({ outcome }) => outcome === 'flaky').length;
  const { passed, failed, skipped } = report;
  const reused = report.selection?.left ?? 0;
  const parts = [
    `${passed} passed${reused > 0 ? ` (${reused} reused)` : ''}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return parts.join(', ');
}

function whyOf({ came, reasons, madeBy, from, key, failure, environment, reason }: TestedSuite): string {
  const tested = key === null ? '' : ` (what was tested: ${shortName(key)})`;
  if (environment !== undefined)
    return came === 'not-run' ? `It was not run: ${reason}` : `The release is live there, and was asked ${reason}${tested}`;
  switch (came) {
    case 'ran':
      return `It ran: ${reasons.map(reasonWords).join('; ')}${failure === null ? '' : `; it failed with ${failure.code}`}${tested}`;
    case 'unchanged':
      return `Nothing that it reads has changed since the run before: evidence of run ${madeBy ?? ''}${from === null ? '' : originWords(from)}${tested}`;
    case 'reused':
      return `What it reads has changed to what was tested before: evidence of run ${madeBy ?? ''}${from === null ? '' : originWords(from)}${tested}`;
    case 'not-run':
      return 'It was not run: what it needs failed, did not pass, or the run was ended';
  }
}

/** Reasons that are told. */
const mostReasons = 5;

/** Which tests of a suite were run, and why they; null when all were. */
function selectionWords({ report }: TestedSuite): string | null {
  if (report?.selection === undefined) return null;
  const { cases, selection } = report;
  const { from, left, reasons } = selection;
  const ran = reasons.reduce((sum, { tests }) => sum + tests, 0);
  const told = reasons.slice(0, mostReasons).map(({ why, tests }) => `${why} (${tests})`);
  const why = `${ran} of ${counted(cases.length, 'test')} ran${told.length === 0 ? '' : `: ${told.join(', ')}`}${reasons.length > mostReasons ? ' and more' : ''}`;
  return left === 0 ? why : `${why}; nothing that the others depend on has changed since run ${from}`;
}

function totalOf(suites: readonly TestedSuite[]): string {
  const count = (came: TestedSuite['came']): number => suites.filter((suite) => suite.came === came).length;
  const notRun = count('not-run');
  return `${counted(suites.length, 'suite')}: ${count('ran')} ran, ${count('reused')} reused, ${count('unchanged')} not affected${notRun > 0 ? `, ${notRun} not run` : ''}.`;
}

/** What was different from the golden rows of each suite, and where the new ones were written. */
export function acceptedLines(suites: readonly AcceptedRows[], terminal: Terminal): readonly string[] {
  return suites.flatMap(({ step, path, differences }) => [
    ...differences.map(
      ({ name, message }) => `${terminal.style('yellow', '±')} ${harmless(step)}: ${harmless(name)}: ${harmless(message)}`,
    ),
    path === null ? `${harmless(step)}: the rows are those that are expected` : `Written: ${harmless(path)}`,
  ]);
}

/** Tests that failed and passed on the same, as runs so far showed. */
export function flakyLines(tests: readonly FlakyTest[], terminal: Terminal): readonly string[] {
  if (tests.length === 0) return ['No test has failed and passed on the same in the runs that are kept.'];
  return tests.flatMap(({ step, test, failedIn, passedIn, quarantine }) => [
    `${terminal.style('yellow', '?')} ${harmless(step)}: ${harmless(test)}`,
    `      ${passedIn.length === 0 ? `failed and passed in tries of one run, in ${counted(failedIn.length, 'run')}` : `failed in ${counted(failedIn.length, 'run')}, passed in ${counted(passedIn.length, 'run')} on the same`}; the newest: ${failedIn[0] ?? ''}`,
    `      ${quarantine === null ? `not in quarantine: mend it, or add it under "quarantine:" of ${harmless(step)}` : `in quarantine until ${quarantine.until} (${harmless(quarantine.owner)})`}`,
  ]);
}
