import type { ErrorCode } from './errors/catalogue.ts';

/** A place in a file; lines and columns count from 1, `length` is the width of what to underline. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The text of that line, for the squiggle. */
  readonly source: string;
}

/** One mistake of a user or one thing that could not be done, as data. */
export interface Diagnostic {
  readonly code: ErrorCode;
  /** What could not be done, a colon, what was found. First letter capital, values in double quotes, no final period. */
  readonly message: string;
  /** The exact command or edit that fixes it; null only when nobody can know it. */
  readonly hint: string | null;
  readonly place: Place | null;
}

/** Thrown for an expected failure; carries every diagnostic, not only the first. Our own bugs are plain errors. */
export class TidegateError extends Error {
  readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]], options?: { readonly cause?: unknown }) {
    super(diagnostics.map((item) => `${item.code}: ${item.message}`).join('\n'), options);
    this.name = 'TidegateError';
    this.diagnostics = diagnostics;
  }
}

/** The common case: one diagnostic without a place. */
export function failure(code: ErrorCode, message: string, hint: string | null, cause?: unknown): TidegateError {
  return new TidegateError([{ code, message, hint, place: null }], cause === undefined ? undefined : { cause });
}
