import type { TestCase } from './test-report.ts';

/** What a model did with a few rows of its test set and with changed copies of them: written by the program that runs models, judged as evidence. */
export interface SmokeReport {
  /** Rows of the test set that were tried. */
  readonly rows: number;
  readonly cases: readonly SmokeCase[];
}

export interface SmokeCase extends TestCase {
  /** Whether no model may break it; one that need not hold is told as a warning. */
  readonly mustHold: boolean;
}
