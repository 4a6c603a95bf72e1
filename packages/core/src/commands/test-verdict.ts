import type { Evidence, TestReport } from '@tidegate/formats';
import { limitMistake } from './limit-mistake.ts';
import { missingInput } from './missing-input.ts';
import type { Ran } from './step-process.ts';

export interface TestsJudged {
  readonly isPytest: boolean;
  /** Whether pytest wrote its report. */
  readonly hasReport: boolean;
  /** The user's tree. */
  readonly root: string;
  readonly step: string;
}

/** Exit codes of pytest (its documentation, "Exit codes"). */
const somePytestFailed = 1;
const nothingCollected = 5;

/**
 * What a run of tests says. A suite that could not run, or in which no test was found, is invalid; one in which every test was
 * skipped is inconclusive: nothing was measured, so it is never a pass.
 */
export function judgeTests(report: TestReport, ran: Ran, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  const { suite, passed, skipped } = report;
  if (ran.timedOut) return { verdict: 'fail', reason: `The tests of "${suite}" did not end in the time they are given` };
  if (ran.passed !== null) return { verdict: 'invalid', reason: limitMistake(suite, ran.passed, '').message };
  if (!tests.isPytest) return judgeCommand(report, ran, tests);
  if (ran.code === nothingCollected) return { verdict: 'invalid', reason: `No test of "${suite}" was found` };
  if ((ran.code !== 0 && ran.code !== somePytestFailed) || !tests.hasReport) return couldNotRun(suite, ran, tests);
  if (ran.code !== 0 || report.failed > 0) return { verdict: 'fail', reason: failedReason(report) };
  if (passed > 0) return { verdict: 'pass', reason: `${countOf(passed)} of "${suite}" passed${skipped > 0 ? `, ${skipped} skipped` : ''}` };
  if (skipped > 0) return { verdict: 'inconclusive', reason: `Every test of "${suite}" was skipped: nothing was measured` };
  return { verdict: 'invalid', reason: `No test of "${suite}" was run` };
}

function judgeCommand({ suite }: TestReport, ran: Ran, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  if (ran.code === 0) return { verdict: 'pass', reason: `The command of "${suite}" succeeded` };
  const end = ran.signal === null ? `ended with exit code ${ran.code}` : `was ended by ${ran.signal}`;
  return { verdict: 'fail', reason: `The command of "${suite}" ${end}${said(ran, tests)}` };
}

function couldNotRun(suite: string, ran: Ran, tests: TestsJudged): Pick<Evidence, 'verdict' | 'reason'> {
  const end = said(ran, tests) || `: pytest ended with ${ran.signal ?? ran.code}`;
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

function failedReason({ suite, cases, failed }: TestReport): string {
  const names = cases.filter((one) => one.outcome === 'failed').map((one) => one.name);
  const shown = names.slice(0, 5).join(', ');
  return `${failed} of ${countOf(cases.length)} of "${suite}" failed${shown === '' ? '' : `: ${shown}`}${names.length > 5 ? ' and more' : ''}`;
}

const countOf = (tests: number): string => `${tests} ${tests === 1 ? 'test' : 'tests'}`;
