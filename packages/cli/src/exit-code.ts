import { errorEntry, isErrorCode, type RunRecord, type Verdict } from '@tidegate/formats';

/** docs/reference/exit-codes.md */
const ofVerdict: Readonly<Record<Verdict, number>> = { pass: 0, fail: 3, inconclusive: 4, invalid: 5 };

/** The exit code of a run: what failed first, then what the verdict says. */
export function exitOfRun(run: RunRecord): number {
  if (run.status === 'cancelled') return 130;
  const failed = run.failure ?? run.steps.find((step) => step.failure !== null)?.failure;
  if (failed !== undefined && failed !== null) return isErrorCode(failed.code) ? errorEntry(failed.code).exit : 1;
  return run.verdict === null ? 0 : ofVerdict[run.verdict];
}
