import type { Evidence, TestCase, TestReport } from '@tidegate/formats';
import { limitMistake } from './limit-mistake.ts';
import { missingInput } from './missing-input.ts';
import type { Ran } from './step-process.ts';

export interface TestsJudged {
  readonly isPytest: boolean;
  /** Where its report should be; null for a command that writes none. */
  readonly reportFile: string | null;
  /** The user's tree. */
  readonly root: string;
  readonly step: string;
}

/** How the command of a suite ended. */
export interface TestsEnded extends Ran {
  /** What of its report cannot be read, as the end of "the report …"; null for one that was read, or that is not there to be. */
  readonly fault: string | null;
}

/** Exit codes of pytest (its documentation, "Exit codes"). */
const somePytestFailed = 1;
export const nothingCollected = 5;

/**
 * What a run of tests says. A suite that could not run, or in which no test was found, is invalid; one in which every test was
 * skipped is inconclusive: nothing was measured, so it is never a pass. Nor is one with a test that failed and passed on the same. Tests in quarantine
 * have no say.
 */
export function judgeTests(whole: TestReport, ran: TestsEnded, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  const { suite } = whole;
  if (ran.timedOut) return { verdict: 'fail', reason: `The tests of "${suite}" did not end in the time they are given` };
  if (ran.passed !== null) return { verdict: 'invalid', reason: limitMistake(suite, ran.passed, '').message };
  if (tests.reportFile === null) return judgeCommand(whole, ran, tests);
  if (tests.isPytest && ran.code === nothingCollected) return { verdict: 'invalid', reason: `No test of "${suite}" was found` };
  if ((tests.isPytest && ran.code !== 0 && ran.code !== somePytestFailed) || ran.fault !== null) return couldNotRun(suite, ran, tests);
  const cases = whole.cases.filter(({ quarantine }) => quarantine === undefined);
  const count = (outcome: TestCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const counted: TestReport = { ...whole, cases, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  const isExplained = whole.cases.some(({ outcome }) => outcome === 'failed' || outcome === 'flaky');
  if (counted.failed > 0) return { verdict: 'fail', reason: failedReason(counted) };
  if (ran.code !== 0 && !isExplained) return { verdict: 'fail', reason: `${endedReason(suite, ran)}, though its report has no failure` };
  if (count('flaky') > 0) return { verdict: 'inconclusive', reason: flakyReason(counted) };
  return judgePassed(counted, whole.cases.length - cases.length);
}

function judgePassed({ suite, cases, passed, skipped }: TestReport, hidden: number): Pick<Evidence, 'verdict' | 'reason'> {
  const reused = cases.filter((one) => one.reused !== undefined).length;
  const fromBefore = reused > 0 ? `, ${reused === passed ? 'all' : reused} of them reused` : '';
  const quarantined = hidden > 0 ? `, ${hidden} in quarantine` : '';
  if (passed > 0)
    return {
      verdict: 'pass',
      reason: `${countOf(passed)} of "${suite}" passed${fromBefore}${skipped > 0 ? `, ${skipped} skipped` : ''}${quarantined}`,
    };
  if (skipped > 0) return { verdict: 'inconclusive', reason: `Every test of "${suite}" was skipped${quarantined}: nothing was measured` };
  if (hidden > 0) return { verdict: 'inconclusive', reason: `Every test of "${suite}" is in quarantine: nothing was measured` };
  return { verdict: 'invalid', reason: `No test of "${suite}" was run` };
}

function judgeCommand(report: TestReport, ran: Ran, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  const { suite, cases } = report;
  if (cases.some(({ quarantine }) => quarantine !== undefined))
    return { verdict: 'inconclusive', reason: `Every test of "${suite}" is in quarantine: nothing was measured` };
  if (cases.some(({ outcome }) => outcome === 'flaky')) return { verdict: 'inconclusive', reason: flakyReason(report) };
  if (ran.code === 0) return { verdict: 'pass', reason: `The command of "${suite}" succeeded` };
  return { verdict: 'fail', reason: `${endedReason(suite, ran)}${said(ran, tests)}` };
}

function endedReason(suite: string, ran: Ran): string {
  return `The command of "${suite}" ${ran.signal === null ? `ended with exit code ${ran.code}` : `was ended by ${ran.signal}`}`;
}

function couldNotRun(suite: string, ran: TestsEnded, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  const ended = `ended with ${ran.signal ?? ran.code}`;
  const own = `: the report "${tests.reportFile ?? ''}" ${ran.fault ?? ''}; the command ${ended}${said(ran, tests)}`;
  const end = tests.isPytest ? said(ran, tests) || `: pytest ${ended}` : own;
  return { verdict: 'invalid', reason: `The tests of "${suite}" could not run${end}` };
}

/** The telling line of the output, and what would help. */
function said(ran: Ran, { root, step }: TestsJudged): string {
  const lines = ran.tail.map((line) => line.trim()).filter((line) => line !== '' && !/^[=!_-]{3,}/.test(line));
  // pytest marks the lines of an error by "E"
  const line = lines.findLast((candidate) => /^E +\S/.test(candidate))?.replace(/^E +/, '') ?? lines.at(-1);
  const help = missingInput(ran, { root, step });
  return [line, help].flatMap((part) => (part === undefined || part === null ? [] : [`: ${part.slice(0, 300)}`])).join('');
}

function failedReason(report: TestReport): string {
  const { suite, cases, failed } = report;
  const names = namesOf(report, 'failed');
  return `${failed} of ${countOf(cases.length)} of "${suite}" failed${names === '' ? '' : `: ${names}`}`;
}

function flakyReason(report: TestReport): string {
  const flaky = report.cases.filter(({ outcome }) => outcome === 'flaky').length;
  return `${flaky} of ${countOf(report.cases.length)} of "${report.suite}" failed and passed on the same: ${namesOf(report, 'flaky')}: mend ${flaky === 1 ? 'it' : 'them'}, or name an owner and a day under "quarantine:" of tests.${report.suite}`;
}

function namesOf({ cases }: TestReport, outcome: TestCase['outcome']): string {
  const names = cases.filter((one) => one.outcome === outcome).map((one) => one.name);
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more' : ''}`;
}

const countOf = (tests: number): string => `${tests} ${tests === 1 ? 'test' : 'tests'}`;
