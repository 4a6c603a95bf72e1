/** What stands in the catalogue for one code; `docs/errors.md` has a section for each, and a test ties the two. */
export interface ErrorEntry {
  /** A few words: what kind of mistake it is. */
  readonly title: string;
  /** What usually causes it, one sentence. */
  readonly cause: string;
  /** What to do about it, one sentence, with the command where there is one. */
  readonly fix: string;
  /** Exit code of the command line (docs/reference/exit-codes.md). */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 70 | 127 | 130;
  /** Status of an HTTP answer that carries it; absent where it never travels by HTTP. */
  readonly http?: number;
  readonly retired?: true;
}
