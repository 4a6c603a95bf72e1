/** A pause that can be cut short. */
export interface Alarm {
  /** Ends the pause under way, or the next one before it begins. */
  readonly ring: () => void;
  /** Resolves after `ms`, or earlier when it rings. */
  readonly pause: (ms: number) => Promise<void>;
}

export function openAlarm(): Alarm {
  let hasRung = false;
  let end: (() => void) | null = null;
  return {
    ring: () => {
      hasRung = true;
      end?.();
    },
    pause: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => end?.(), hasRung ? 0 : ms);
        end = () => {
          clearTimeout(timer);
          end = null;
          hasRung = false;
          resolve();
        };
      }),
  };
}
