import type { Evidence } from '@tidegate/formats';
import type { PutAside } from './put-aside.ts';

/** How many rows were put aside and why, as evidence that stops nothing: where they stay in, their checks do. */
export function asideEvidence(dataset: string, { rows, of, counts, files }: PutAside): Evidence {
  const why = Object.entries(counts).map(([check, count]) => `${check} ${count}`);
  const went = files === null ? 'are in data' : 'were left out, and are in data';
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: 'quarantine',
    subject: `data.${dataset}`,
    verdict: 'pass',
    blocking: false,
    reason: `${rows} of ${of} rows break checks (${why.join(', ')}): they ${went}.${dataset}.quarantine${files === null ? ' as well' : ''}`,
    details: { rows, of, checks: counts, leftOut: files !== null },
  };
}
