import type { ErrorEntry } from './entry.ts';

/** Codes of `cli`. A code is never reused: a retired one stays with `retired: true`. */
export const cliErrors = {} as const satisfies Record<string, ErrorEntry>;
