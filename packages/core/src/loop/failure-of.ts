import { diskTrouble, type LoopFailure, TidegateError } from '@tidegate/formats';

/** What went wrong, as far as the log tells it. */
export function failureOf(thrown: unknown): LoopFailure {
  const error = diskTrouble(thrown) ?? thrown;
  if (!(error instanceof TidegateError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'TG-CLI-BUG', message: `Cannot go on, by a mistake of Tidegate: ${message}`, hint: 'Please report it' };
  }
  const [{ code, message, hint }] = error.diagnostics;
  return { code, message, hint };
}
