/** What one request may still take of the budget. */
export interface BodyHold {
  /** @returns whether so many bytes more may be held */
  readonly take: (bytes: number) => boolean;
  /** Gives everything back. */
  readonly release: () => void;
}

/** Bounds the bytes of all bodies that are held at once, so that many large requests cannot exhaust the memory. */
export function bodyBudget(limit: number): () => BodyHold {
  let held = 0;
  return () => {
    let own = 0;
    return {
      take: (bytes) => {
        if (held + bytes > limit) return false;
        held += bytes;
        own += bytes;
        return true;
      },
      release: () => {
        held -= own;
        own = 0;
      },
    };
  };
}
