import { type Evidence, recordJson, type StepName, type TestCase, type TestReport, type Verdict } from '@tidegate/formats';
import { reportOf } from '../../commands/index.ts';
import type { Latency } from './measure-latency.ts';

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

/** What the measured latency says of the gate's limit: judged by a bound, so that a lucky measurement does not pass. */
export function latencyEvidence(
  subject: StepName,
  latency: Latency | string,
  { limit, confidence }: { readonly limit: number; readonly confidence: number },
): Evidence {
  const details = recordJson({ limit, confidence, latency: typeof latency === 'string' ? null : latency });
  return evidenceOf(subject, { kind: 'limit', name: 'latency.p99', ...judgeLatency(latency, { limit, confidence }), details });
}

/** Evidence of a trial that has the variables of another environment than the first. */
export function inEnvironment(evidence: Evidence, environment: string | null): Evidence {
  if (environment === null) return evidence;
  const reason = `With the variables of "${environment}": ${evidence.reason.charAt(0).toLowerCase()}${evidence.reason.slice(1)}`;
  return { ...evidence, name: `${evidence.name}.${environment}`, reason };
}

function judgeLatency(
  latency: Latency | string,
  { limit, confidence }: { readonly limit: number; readonly confidence: number },
): { readonly verdict: Verdict; readonly reason: string } {
  if (typeof latency === 'string') return { verdict: 'inconclusive', reason: `The latency was not measured: ${latency}` };
  const { requests, needed, p99 } = latency;
  if (p99.high === null)
    return { verdict: 'inconclusive', reason: `The latency cannot be judged: ${requests} requests were measured, ${needed} are needed` };
  const bounds = p99.low === null ? `at most ${ms(p99.high)}` : `${ms(p99.low)} to ${ms(p99.high)}`;
  const measured = `the 99th percentile over ${requests} requests is ${ms(p99.estimate)} (${bounds} at ${Math.round(confidence * 100)} % each side)`;
  if (p99.high <= limit) return { verdict: 'pass', reason: `Latency is within ${ms(limit)}: ${measured}` };
  if (p99.low !== null && p99.low > limit) return { verdict: 'fail', reason: `Latency is above ${ms(limit)}: ${measured}` };
  return { verdict: 'inconclusive', reason: `Latency may be above or below ${ms(limit)}: ${measured}` };
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}

function evidenceOf(subject: StepName, rest: Pick<Evidence, 'kind' | 'name' | 'verdict' | 'reason' | 'details'>): Evidence {
  return { format: 'tidegate.evidence/1', subject, blocking: true, ...rest };
}
