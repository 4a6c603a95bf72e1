import type { ErrorEntry } from './entry.ts';

/** Codes of `pipeline`. A code is never reused: a retired one stays with `retired: true`. */
export const pipelineErrors = {} as const satisfies Record<string, ErrorEntry>;
