/** One test case that ran, whoever ran it (pytest, a feature test, an API test). */
export interface TestCase {
  readonly name: string;
  /** `flaky`: of several tries on the same, it failed in one and passed in another. */
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'flaky';
  readonly durationMs: number;
  /** Why it failed or was skipped; empty when it passed. */
  readonly message: string;
  /** Where it is, or where it failed, in the project. Absent where the report does not say. */
  readonly place?: { readonly file: string; readonly line: number | null };
  /** Who answers for it until when, while it has no say in the verdict. Absent for one that is not in quarantine. */
  readonly quarantine?: CaseQuarantine;
}

/** That a test does not count for a while. */
export type CaseQuarantine = {
  readonly owner: string;
  /** The last day, `2026-12-31`, UTC. */
  readonly until: string;
};

export interface TestReport {
  readonly format: 'tidegate.test-report/1';
  readonly suite: string;
  readonly cases: readonly TestCase[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
