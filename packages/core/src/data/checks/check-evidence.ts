import type { Evidence } from '@tidegate/formats';
import type { Finding } from './finding.ts';

/** What a check found as evidence about a step. Only a check of severity `error` stops what depends on it. */
export function checkEvidence(subject: string, { result, reason }: Finding): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: result.name,
    subject,
    verdict: result.verdict,
    blocking: result.severity === 'error' && result.verdict !== 'pass',
    reason,
    details: { ...result },
  };
}
