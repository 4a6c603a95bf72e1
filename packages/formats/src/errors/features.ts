import type { ErrorEntry } from './entry.ts';

/** Codes of `features`. A code is never reused: a retired one stays with `retired: true`. */
export const featuresErrors = {} as const satisfies Record<string, ErrorEntry>;
