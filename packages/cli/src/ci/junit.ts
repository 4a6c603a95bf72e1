import type { JudgedChange } from '@tidegate/core';
import type { Evidence, EvidenceKind, StepRecord, TestCase, TestReport } from '@tidegate/formats';
import { evidenceOfChange } from './verdict-sentence.ts';

/** What a reader of JUnit files shows for a case. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly of: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** What kind of outcome: a verdict, or the code of an error. */
  readonly type: string;
  readonly message: string;
  readonly ms: number;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

const suiteOfKind: Readonly<Record<Exclude<EvidenceKind, 'test' | 'drift' | 'quality' | 'staleness'>, string>> = {
  check: 'checks',
  anomaly: 'anomalies',
  leakage: 'leakage',
  safety: 'safety',
  validity: 'validity',
  limit: 'limits',
  comparison: 'comparison',
  slice: 'slices',
  baseline: 'baselines',
  behaviour: 'behaviour',
  explanation: 'explanation',
};

/**
 * A change as a JUnit file (as Jenkins' xUnit plugin 10 and pytest's xunit2 have it), a suite for each sort of evidence, one for each suite of tests with its own cases, and one for the steps. What
 * must pass and does not is a failure, `inconclusive` as well, for what was not shown is no pass; `invalid` is an error; what does not pass
 * and blocks nothing is skipped, with its reason.
 */
export function junitFile(change: Pick<JudgedChange, 'run' | 'tests' | 'contracts'>): string {
  const { run, tests } = change;
  const evidence = evidenceOfChange(change);
  const suites: readonly Suite[] = [
    { name: 'steps', cases: run.steps.map(caseOfStep) },
    ...Object.entries(suiteOfKind).map(([kind, name]) => ({
      name,
      cases: evidence.filter((item) => item.kind === kind).map(caseOfEvidence),
    })),
    ...tests.map((report) => suiteOfTests(report, evidence)),
  ].filter(({ cases }) => cases.length > 0);
  const all = suites.flatMap(({ cases }) => cases);
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tidegate"${counts(all)}>`;
  return `${[head, ...suites.map((suite) => suiteXml(suite, run.startedAt)), '</testsuites>'].join('\n')}\n`;
}

function caseOfStep({ step, status, durationMs, failure, facts }: StepRecord): Case {
  const base = { of: 'steps', name: step, ms: durationMs, type: status, message: '' };
  if (failure !== null) return { ...base, outcome: 'error', type: failure.code, message: failure.message };
  if (status === 'hit' || status === 'done') return { ...base, outcome: 'passed' };
  const blockers = Array.isArray(facts['blockedBy']) ? `: ${facts['blockedBy'].join(', ')}` : '';
  return {
    ...base,
    outcome: 'skipped',
    message: status === 'blocked' ? `What it needs does not pass${blockers}` : 'The run was cancelled',
  };
}

function caseOfEvidence({ subject, name, verdict, blocking, reason }: Evidence): Case {
  const outcome = verdict === 'pass' ? 'passed' : !blocking ? 'skipped' : verdict === 'invalid' ? 'error' : 'failure';
  return { of: subject, name, outcome, type: verdict, message: reason, ms: 0 };
}

/** A suite that could not run has no case that says so: its evidence does. */
function suiteOfTests({ suite, cases }: TestReport, evidence: readonly Evidence[]): Suite {
  const about = evidence.filter((item) => item.kind === 'test' && (item.name === `test.${suite}` || suiteIn(item) === suite));
  const blocks = about.length === 0 || about.some(({ blocking }) => blocking);
  const own = cases.map((one) => caseOfTest(suite, one, blocks));
  const judged = about.filter(({ verdict }) => verdict !== 'pass');
  const isTold = own.some(({ outcome }) => outcome === 'failure') || !blocks;
  return { name: `tests.${suite}`, cases: isTold ? own : [...own, ...judged.map(caseOfEvidence)] };
}

function suiteIn({ details }: Evidence): unknown {
  return typeof details === 'object' && details !== null && 'suite' in details ? details['suite'] : null;
}

/** What is in quarantine is skipped, with who answers for it, and so is a failure that blocks nothing. */
function caseOfTest(suite: string, { name, outcome, durationMs, message, quarantine }: TestCase, blocks: boolean): Case {
  const base = { of: `tests.${suite}`, name, type: outcome, message, ms: durationMs };
  const isBad = outcome === 'failed' || outcome === 'flaky';
  if (isBad && quarantine !== undefined)
    return {
      ...base,
      outcome: 'skipped',
      message: `In quarantine until ${quarantine.until} (${quarantine.owner}), ${outcome}: ${message}`,
    };
  if (isBad && !blocks) return { ...base, outcome: 'skipped', message: `A warning: ${message}` };
  return { ...base, outcome: isBad ? 'failure' : outcome };
}

function suiteXml({ name, cases }: Suite, startedAt: string): string {
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  const head = `  <testsuite name="${xml(name)}"${counts(cases)} skipped="${skipped}" timestamp="${xml(startedAt.replace(/\.\d+Z$/, ''))}">`;
  return [head, ...cases.map(caseXml), '  </testsuite>'].join('\n');
}

function caseXml({ of, name, outcome, type, message, ms }: Case): string {
  const start = `    <testcase classname="${xml(of)}" name="${xml(name)}" time="${seconds(ms)}"`;
  if (outcome === 'passed') return `${start}/>`;
  if (outcome === 'skipped') return `${start}><skipped message="${xml(message)}"/></testcase>`;
  return `${start}><${outcome} type="${xml(type)}" message="${xml(firstLine(message))}">${xml(message)}</${outcome}></testcase>`;
}

function counts(cases: readonly Case[]): string {
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  const time = seconds(cases.reduce((sum, { ms }) => sum + ms, 0));
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" time="${time}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Text for an attribute or an element; what XML 1.0 has no place for is replaced. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
