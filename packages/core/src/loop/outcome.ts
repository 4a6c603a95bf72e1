import { exitOfRun, failureOfRun, type LoopFailure, type PathOutcome, type RunRecord } from '@tidegate/formats';
import { judge } from '../evidence/index.ts';

/** What may go by itself: the disk is full, another program has the port, the registry of packages does not answer. */
const passing: ReadonlySet<string> = new Set([
  'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED',
  'TG-DEPLOY-NOT-READY',
  'TG-DEPLOY-PORT-TAKEN',
  'TG-DEPLOY-SUPERVISOR',
  'TG-FEATURES-ONLINE-BUSY',
  'TG-LOOP-COMMIT',
  'TG-STORE-DISK-FAULT',
  'TG-STORE-DISK-FULL',
  'TG-STORE-FILE-CHANGED',
]);

/** How a way along the path came out, by the exit code that `tidegate run` would have ended with. */
export function outcomeOf(exit: number, code: string | null): PathOutcome {
  if (exit === 0) return 'passed';
  if (exit === 130) return 'cancelled';
  if (code !== null && passing.has(code)) return 'unavailable';
  return exit >= 3 && exit <= 5 ? 'refused' : 'failed';
}

/** Exit code and reason of a run; of one that a verdict stopped, the first evidence that does not pass. */
export function endOfRun(record: RunRecord): { readonly exit: number; readonly failure: LoopFailure | null } {
  const exit = exitOfRun(record);
  if (exit === 0) return { exit, failure: null };
  return { exit, failure: failureOfRun(record) ?? verdictFailure(record) };
}

function verdictFailure({ id, status, steps }: RunRecord): LoopFailure {
  const [against] = judge(steps.flatMap(({ evidence }) => evidence)).blocking;
  const hint = `Look at it with "tidegate show ${id}"`;
  if (against === undefined) return { code: status, message: `The run ended as "${status}"`, hint };
  return { code: against.verdict, message: `${against.subject}: ${against.reason}`, hint };
}
