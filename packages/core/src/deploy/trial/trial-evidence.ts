import { type Digest, type Evidence, recordJson, type StepName, type TestCase, type TestReport } from '@tidegate/formats';
import { reportOf } from '../../commands/index.ts';
import type { OverrideConfig } from '../../config/index.ts';
import { overridden } from '../../models/index.ts';
import type { CostFinding } from './judge-cost.ts';

/** What the API tests on the started release say. */
export function testEvidence(subject: StepName, report: TestReport): Evidence {
  const failed = report.cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => `"${name}"`);
  const reason =
    failed.length === 0
      ? report.cases.length === 1
        ? 'The started release is ready; there are no API tests'
        : `All ${report.passed} API tests pass on the started release`
      : `${report.failed} of ${report.cases.length} API tests fail on the started release: ${failed.join(', ')}`;
  const verdict = failed.length === 0 ? 'pass' : 'fail';
  return evidenceOf(subject, { kind: 'test', name: 'api', verdict, reason, details: recordJson(report) });
}

/** Whether serving finds what training computes, feature by feature; none for a release that looks up no features. */
export function featureEvidence(subject: StepName, suite: string, cases: readonly TestCase[]): readonly Evidence[] {
  if (cases.length === 0) return [];
  const report = reportOf(`${suite} features`, cases);
  const { passed, failed } = report;
  const first = cases.find(({ outcome }) => outcome === 'failed');
  const all = `${cases.length} ${cases.length === 1 ? 'feature' : 'features'}`;
  const reason =
    first !== undefined
      ? `Serving finds something else than training computes for ${failed} of ${all}: ${first.name.split(':')[0] ?? ''}: ${first.message}`
      : passed === 0
        ? `Whether serving finds what training computes could not be told: ${cases[0]?.message ?? ''}`
        : `Serving finds what training computes, for ${all}`;
  const verdict = first !== undefined ? 'fail' : passed === 0 ? 'inconclusive' : 'pass';
  const evidence = evidenceOf(subject, { kind: 'test', name: 'features', verdict, reason, details: recordJson(report) });
  return [{ ...evidence, blocking: verdict !== 'inconclusive' }]; // a service whose rows are still to come looks up nothing yet
}

/** What a limit says of the measured cost. */
export function costEvidence(subject: StepName, { details, blocking, ...finding }: CostFinding): Evidence {
  return { ...evidenceOf(subject, { kind: 'limit', ...finding, details: recordJson(details) }), blocking };
}

/** Evidence with what a person has let through: of the limits on the cost, for a test that fails says that something is wrong. */
export function letThrough(evidence: Evidence, overrides: readonly OverrideConfig[], artifact: Digest): Evidence {
  return evidence.kind === 'limit' ? overridden(evidence, overrides, artifact) : evidence;
}

/** Evidence of a trial that has the variables of another environment than the first. */
export function inEnvironment(evidence: Evidence, environment: string | null): Evidence {
  if (environment === null) return evidence;
  const reason = `With the variables of "${environment}": ${evidence.reason.charAt(0).toLowerCase()}${evidence.reason.slice(1)}`;
  return { ...evidence, name: `${evidence.name}.${environment}`, reason };
}

function evidenceOf(subject: StepName, rest: Pick<Evidence, 'kind' | 'name' | 'verdict' | 'reason' | 'details'>): Evidence {
  return { format: 'tidegate.evidence/1', subject, blocking: true, ...rest };
}
