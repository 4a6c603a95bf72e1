import { errorEntry, isErrorCode } from './errors/catalogue.ts';
import type { RunRecord } from './run-record.ts';
import type { Verdict } from './verdict.ts';

/** docs/reference/exit-codes.md */
const ofVerdict: Readonly<Record<Verdict, number>> = { pass: 0, fail: 3, inconclusive: 4, invalid: 5 };

/** The exit code of a verdict. */
export function exitOfVerdict(verdict: Verdict): number {
  return ofVerdict[verdict];
}

/** The exit code of a run: what failed first, then what the verdict says. */
export function exitOfRun(run: RunRecord): number {
  if (run.status === 'cancelled') return 130;
  const failed = failureOfRun(run);
  if (failed !== null) return isErrorCode(failed.code) ? errorEntry(failed.code).exit : 1;
  return run.verdict === null ? 0 : ofVerdict[run.verdict];
}

/** What failed in a run: after its steps, else the first step that did; null when nothing failed. */
export function failureOfRun(run: RunRecord): { readonly code: string; readonly message: string; readonly hint: string | null } | null {
  return run.failure ?? run.steps.find((step) => step.failure !== null)?.failure ?? null;
}
