/**
 * The value of the work, unless it takes longer: then what `late` makes is thrown, and what becomes of the work no longer matters. The work itself is not
 * ended.
 */
export async function raceDeadline<T>(work: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
