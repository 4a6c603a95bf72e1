/** One test case that ran, whoever ran it (pytest, a feature test, an API test). */
export interface TestCase {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Why it failed or was skipped; empty when it passed. */
  readonly message: string;
}

export interface TestReport {
  readonly format: 'tidegate.test-report/1';
  readonly suite: string;
  readonly cases: readonly TestCase[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
