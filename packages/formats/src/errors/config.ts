import type { ErrorEntry } from './entry.ts';

/** Codes of `config`. A code is never reused: a retired one stays with `retired: true`. */
export const configErrors = {} as const satisfies Record<string, ErrorEntry>;
