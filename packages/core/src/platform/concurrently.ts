/** Does `work` for every item, at most `limit` at once, and gives the results in the order of the items. The first error stops it. */
export async function concurrently<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  let stopped = false;
  const take = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (stopped) return;
      results[index] = await work(item);
    }
  };
  const hands = Array.from({ length: Math.min(limit, items.length) }, () =>
    take().catch((error: unknown) => {
      stopped = true;
      throw error;
    }),
  );
  await Promise.all(hands);
  return results;
}
