import type { Evidence, StepName, TestReport } from '@tidegate/formats';
import type { QuarantinedTest } from '../../config/index.ts';
import { idleEntries } from './quarantine.ts';

/** What quarantine hides, and what is wrong with it; it blocks nothing, and is said in every run. */
export function quarantineEvidence(
  subject: StepName,
  report: TestReport,
  { quarantine, active }: { readonly quarantine: readonly QuarantinedTest[]; readonly active: readonly QuarantinedTest[] },
): readonly Evidence[] {
  const hidden = report.cases.filter(({ quarantine: of }) => of !== undefined);
  const bad = hidden.filter(({ outcome }) => outcome === 'failed' || outcome === 'flaky');
  const ended = quarantine.filter((entry) => !active.includes(entry));
  const idle = idleEntries(report.cases, active);
  const sentences = [
    ...bad.map(
      ({ name, outcome, quarantine: of }) =>
        `${name} ${outcome === 'failed' ? 'fails' : 'is flaky'}, and counts again after ${of?.until ?? ''} (${of?.owner ?? ''})`,
    ),
    ...ended.map(
      ({ test, owner, until }) => `The quarantine of "${test}" ended on ${until}: ${owner} is to mend it, or to name a later day`,
    ),
    ...idle.map(({ test }) => `No test is named "${test}" any more: take it out of the quarantine`),
  ];
  if (hidden.length === 0 && sentences.length === 0) return [];
  const still = `${hidden.length} ${hidden.length === 1 ? 'test' : 'tests'} of "${report.suite}" in quarantine ${hidden.length === 1 ? 'passes' : 'pass'}: take ${hidden.length === 1 ? 'it' : 'them'} out when that lasts`;
  return [
    {
      format: 'tidegate.evidence/1',
      kind: 'test',
      name: `quarantine.${report.suite}`,
      subject,
      verdict: sentences.length === 0 ? 'pass' : 'inconclusive',
      blocking: false,
      reason: sentences.length === 0 ? still : sentences.slice(0, 5).join('; '),
      details: {
        hidden: hidden.map(({ name, outcome }) => ({ name, outcome })),
        ended: ended.map(({ test }) => test),
        idle: idle.map(({ test }) => test),
      },
    },
  ];
}
