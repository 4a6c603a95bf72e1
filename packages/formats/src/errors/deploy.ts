import type { ErrorEntry } from './entry.ts';

/** Codes of `deploy`. A code is never reused: a retired one stays with `retired: true`. */
export const deployErrors = {} as const satisfies Record<string, ErrorEntry>;
