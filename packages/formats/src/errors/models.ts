import type { ErrorEntry } from './entry.ts';

/** Codes of `models`. A code is never reused: a retired one stays with `retired: true`. */
export const modelsErrors = {} as const satisfies Record<string, ErrorEntry>;
