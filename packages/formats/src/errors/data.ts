import type { ErrorEntry } from './entry.ts';

/** Codes of `data`. A code is never reused: a retired one stays with `retired: true`. */
export const dataErrors = {} as const satisfies Record<string, ErrorEntry>;
