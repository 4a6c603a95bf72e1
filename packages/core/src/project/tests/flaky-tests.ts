import type { CaseQuarantine, RunId, StepName, TestCase, TestReport } from '@tidegate/formats';
import { newestRuns } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';
import { readTestReport } from '../records.ts';

/** A test that failed and passed on the same: in tries of one run, or in runs with the same key. */
export interface FlakyTest {
  readonly step: StepName;
  readonly test: string;
  /** Runs in which it was told to be flaky, or failed while another run on the same had it pass. */
  readonly failedIn: readonly RunId[];
  /** Runs on the same in which it passed; empty where tries of one run showed it. */
  readonly passedIn: readonly RunId[];
  /** Who answers for it, as the newest run that had it says; null outside of quarantine. */
  readonly quarantine: CaseQuarantine | null;
}

/** Runs that are looked through. */
const mostRuns = 500;

/**
 * Tests that are flaky by what is kept of the newest runs: a forced run repeats a suite on the same. A run in which a suite was taken from the cache
 * tells nothing new. In the order of suites, then of names.
 */
export async function flakyTests(project: Project): Promise<readonly FlakyTest[]> {
  const seen = new Map<string, Seen>();
  let looked = 0;
  for (const run of newestRuns(project.state, project.name)) {
    if (++looked > mostRuns) break;
    for (const step of run.steps) {
      if (step.kind !== 'test-command' || step.status !== 'done' || step.key === null) continue;
      const report = (await readTestReport(project, step)) ?? reportIn(step.evidence.find(({ name }) => name.startsWith('test.'))?.details);
      for (const one of (report?.cases ?? []).filter(({ reused }) => reused === undefined))
        note(seen, { id: JSON.stringify([step.step, one.name, step.key]), step: step.step, run: run.id, one });
    }
  }
  return merged([...seen.values()]);
}

interface Seen {
  readonly step: StepName;
  readonly test: string;
  readonly quarantine: CaseQuarantine | null;
  readonly flaky: RunId[];
  readonly failed: RunId[];
  readonly passed: RunId[];
}

function note(
  seen: Map<string, Seen>,
  { id, step, run, one }: { readonly id: string; readonly step: StepName; readonly run: RunId; readonly one: TestCase },
): void {
  const entry = seen.get(id) ?? { step, test: one.name, quarantine: one.quarantine ?? null, flaky: [], failed: [], passed: [] };
  seen.set(id, entry);
  if (one.outcome !== 'skipped') entry[one.outcome].push(run);
}

/** Of every key by itself, told once for each test. */
function merged(seen: readonly Seen[]): readonly FlakyTest[] {
  const flaky = new Map<string, FlakyTest>();
  for (const { step, test, quarantine, flaky: told, failed, passed } of seen) {
    const isProven = told.length > 0 || (failed.length > 0 && passed.length > 0);
    if (!isProven) continue;
    const id = JSON.stringify([step, test]);
    const known = flaky.get(id);
    flaky.set(id, {
      step,
      test,
      failedIn: [...(known?.failedIn ?? []), ...told, ...failed],
      passedIn: [...(known?.passedIn ?? []), ...passed],
      quarantine: known?.quarantine ?? quarantine,
    });
  }
  return [...flaky.values()].toSorted((a, b) => (a.step === b.step ? compare(a.test, b.test) : compare(a.step, b.step)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function reportIn(details: unknown): TestReport | null {
  return typeof details === 'object' && details !== null && 'cases' in details ? (details as TestReport) : null;
}
