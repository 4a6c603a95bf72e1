/** What a gate says of evidence. "Not measured" is never a pass; "not enough data" is `inconclusive`. */
export type Verdict = 'pass' | 'inconclusive' | 'fail' | 'invalid';

const severity: Readonly<Record<Verdict, number>> = { pass: 0, inconclusive: 1, fail: 2, invalid: 3 };

/** Of several the worst counts: invalid > fail > inconclusive > pass. Of none: inconclusive, for nothing was measured. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  const [first, ...rest] = verdicts;
  if (first === undefined) return 'inconclusive';
  return rest.reduce((worst, verdict) => (severity[verdict] > severity[worst] ? verdict : worst), first);
}
