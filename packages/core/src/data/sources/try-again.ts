import { setTimeout as wait } from 'node:timers/promises';

/** How often something is tried, and how long is waited before the next time; doubled each time. */
const tries = 3;
const firstWaitMs = 500;

/** Does something again that failed for a reason that passes by itself. @throws what it threw the last time */
export async function tryAgain<T>(
  work: (attempt: number) => Promise<T>,
  { isTransient, signal }: { readonly isTransient: (error: unknown) => boolean; readonly signal: AbortSignal },
): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === tries || !isTransient(error)) throw error;
      await wait(firstWaitMs * 2 ** (attempt - 1), undefined, { signal });
    }
}
