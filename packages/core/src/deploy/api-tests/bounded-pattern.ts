import { runInNewContext } from 'node:vm';

const timeoutMs = 1_000;

/** @returns why it is no regular expression, or null when it is one */
export function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Whether the pattern is found in the text; null when that cannot be told within a second. A pattern with nested repetitions can
 * take time that grows exponentially with the text; V8 gives up such a search only when it runs in a context with a time limit.
 */
export function foundIn(pattern: string, text: string): boolean | null {
  try {
    return runInNewContext('new RegExp(pattern, "u").test(text)', { pattern, text }, { timeout: timeoutMs }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}
