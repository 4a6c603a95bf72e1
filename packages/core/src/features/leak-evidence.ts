import { type Certificate, type Evidence, recordJson } from '@tidegate/formats';
import type { ComputedSets } from './compute-sets.ts';

/** What the replay says of a service: one evidence a leak, or one for all when there is none. */
export function leakEvidence(sets: Pick<ComputedSets, 'spec' | 'certificate' | 'unstable'>): readonly Evidence[] {
  const { certificate, spec, unstable } = sets;
  const common = {
    format: 'tidegate.evidence/1',
    kind: 'leakage',
    subject: `features.${spec.name}`,
    details: recordJson(certificate),
  } as const;
  const views = new Set(spec.views.map((view) => view.name));
  const leaks = certificate.leaks.map(
    (leak) =>
      ({
        ...common,
        name: `leak.${leak.column}`,
        verdict: 'invalid',
        blocking: true,
        reason: leakReason(leak, certificate, views),
      }) as const,
  );
  const shaky = unstable.map(
    (one) => ({ ...common, name: `unstable.${one.column}`, verdict: 'inconclusive', blocking: true, reason: unstableReason(one) }) as const,
  );
  if (leaks.length + shaky.length > 0) return [...leaks, ...shaky];
  return [{ ...common, name: 'time-travel', ...cleanVerdict(certificate) }];
}

function cleanVerdict({ probedAt, probedRows, views }: Certificate): Pick<Evidence, 'verdict' | 'blocking' | 'reason'> {
  if (probedAt.length === 0)
    return {
      verdict: 'inconclusive',
      blocking: false,
      reason: 'No data contract of what is read says when values become known, so whether features look ahead was not measured',
    };
  const held = views.reduce((sum, view) => sum + view.excludedNotYetKnown, 0);
  const late = held === 0 ? '' : `; ${held} times a newer value was left out because it was not known yet`;
  return {
    verdict: 'pass',
    blocking: true,
    reason: `No feature looks ahead: ${probedRows} rows came out the same when computed only from what was known at ${moments(probedAt)}${late}`,
  };
}

function leakReason(leak: Certificate['leaks'][number], { probedAt }: Certificate, views: ReadonlySet<string>): string {
  const { column, source, knownAt, rowsDiffering, rowsCompared } = leak;
  const what = views.has(column)
    ? `View "${column}" has rows that are not known at their time: ${rowsDiffering} of ${rowsCompared} rows come or go`
    : `Feature "${column}" is not known at prediction time: it comes out otherwise for ${rowsDiffering} of ${rowsCompared} rows`;
  const reads = source === null ? '' : `; it reads ${source}, known at ${knownAt ?? 'no time'}`;
  return `${what} when computed only from what was known at ${moments(probedAt)}${reads}`;
}

function unstableReason({ column, rowsDiffering, rowsCompared }: ComputedSets['unstable'][number]): string {
  return (
    `Whether "${column}" looks ahead cannot be told: ${rowsDiffering} of ${rowsCompared} rows come out otherwise in the replay, but some also do when the same ` +
    'data lies in another order; an ORDER BY in its SQL leaves ties, add a column that breaks them'
  );
}

function moments(probedAt: readonly string[]): string {
  return probedAt.length === 1 ? '1 moment' : `${probedAt.length} moments`;
}
