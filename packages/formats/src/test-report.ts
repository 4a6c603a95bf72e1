import type { RunId } from './ids.ts';

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
  /** The run that ran it, where a later one left it out because nothing that it depends on has changed. Absent for one that was run. */
  readonly reused?: RunId;
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
  /** Absent when all of its tests were run. */
  readonly selection?: TestSelection;
}

/** Which tests of a suite were run, where an earlier run answered for others. */
export type TestSelection = {
  /** The run whose result was gone on from. */
  readonly from: RunId;
  /** How many tests were left out. */
  readonly left: number;
  /** Why the others were run, the commonest reason first. */
  readonly reasons: readonly { readonly why: string; readonly tests: number }[];
};
