import type { ErrorEntry } from './entry.ts';

/** Codes of `serving`. A code is never reused: a retired one stays with `retired: true`. */
export const servingErrors = {} as const satisfies Record<string, ErrorEntry>;
