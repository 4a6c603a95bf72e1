import type { Engine } from '@tidegate/runtime';

/** How many engines, each of one thread, work on the groups of a table: a group is too short for two threads to share it. */
export const enginesSideBySide = 2;

/** Has an engine do something, as soon as one is free. */
export type InTurn = <T>(work: (engine: Engine) => Promise<T>) => Promise<T>;

/** Lends engines to whoever asks first, each to one at a time. After a failure nothing more is begun, and whoever asks gets that one. */
export function inTurn(engines: readonly Engine[]): InTurn {
  const free = [...engines];
  const waiting: ((engine: Engine) => void)[] = [];
  const failures: unknown[] = [];
  return async (work) => {
    const engine = free.pop() ?? (await new Promise<Engine>((resolve) => waiting.push(resolve)));
    try {
      if (failures.length > 0) throw failures[0];
      return await work(engine);
    } catch (error) {
      failures.push(error);
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(engine);
      else next(engine);
    }
  };
}

/** Results of works that share engines, when every one of them has ended: whoever gets the failure of one may close the engines. */
export async function whenAllEnd<const T extends readonly unknown[]>(works: T): Promise<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/**
 * Does a piece of work for each item, as many at once as there are hands, which are engines mostly, and gives the results in the order of the items. After a
 * failure nothing more is begun, and it is thrown when every hand has stopped: whoever gets it may close the engines.
 */
export async function sideBySide<H, T, R>(
  hands: readonly H[],
  items: readonly T[],
  work: (hand: H, item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const failures: unknown[] = [];
  const take = async (hand: H): Promise<void> => {
    for (const [at, item] of waiting) {
      results[at] = await work(hand, item).catch((error: unknown) => {
        failures.push(error);
        throw error;
      });
      if (failures.length > 0) return;
    }
  };
  await Promise.allSettled(hands.map(take));
  if (failures.length > 0) throw failures[0];
  return results;
}
