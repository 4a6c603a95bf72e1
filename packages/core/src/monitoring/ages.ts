/** Newest events, and what has changed, as a monitor finds them; milliseconds since 1970. */
export interface Ages {
  /** The newest event that the live model was trained on; where its training set has no times, when it was made. Null when neither is known. */
  readonly model: () => Promise<number | null>;
  /** Of each dataset with a time that the live model goes back to; null where no event is there yet. */
  readonly data: () => Promise<Newest>;
  /** Of each feature view that the live release looks up; null where the online store has none. */
  readonly features: () => Promise<Newest>;
  /** What data contracts of these datasets promise of their ages; a column that is not the event time stands behind the name: `flights.arrived_at`. */
  readonly promisedData: () => Promise<readonly PromisedAge[]>;
  /** Datasets whose files are others than those the live model was trained on. */
  readonly changedData: () => Promise<readonly string[]>;
}

/** The age that a data contract allows, and the newest value that it is of. */
export interface PromisedAge {
  readonly data: string;
  readonly newestMs: number | null;
  readonly limitMs: number;
}

export type Newest = ReadonlyMap<string, number | null>;

const units = [
  { ms: 86_400_000, name: 'day' },
  { ms: 3_600_000, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1_000, name: 'second' },
] as const;

/** A duration in a sentence, by its two largest units: `3 days 4 hours`, `12 minutes`. */
export function ageWords(ms: number): string {
  const first = units.findIndex((unit) => ms >= unit.ms);
  if (first < 0) return 'less than a second';
  let left = ms;
  const words = units.slice(first, first + 2).flatMap((unit) => {
    const whole = Math.floor(left / unit.ms);
    left -= whole * unit.ms;
    return whole === 0 ? [] : [`${whole} ${unit.name}${whole === 1 ? '' : 's'}`];
  });
  return words.join(' ');
}
