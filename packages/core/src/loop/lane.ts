/** Does one thing at a time, in the order they were asked for. One that fails does not hold up the next. */
export interface Lane {
  readonly do: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when nothing is under way. */
  readonly idle: () => Promise<void>;
}

export function openLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    do: (work) => {
      const mine = last.then(work, work);
      last = mine.catch(() => {});
      return mine;
    },
    idle: async () => {
      for (let seen: unknown = null; seen !== last;) {
        seen = last;
        await last;
      }
    },
  };
}
