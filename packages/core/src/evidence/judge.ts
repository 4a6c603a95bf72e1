import { type Evidence, type Verdict, worstVerdict } from '@tidegate/formats';

/** What a gate says of evidence. */
export interface Judgement {
  /** The worst of what must pass; `inconclusive` when nothing that must pass was measured. */
  readonly verdict: Verdict;
  /** What must pass and does not, worst first. */
  readonly blocking: readonly Evidence[];
  /** What does not pass but need not. */
  readonly warnings: readonly Evidence[];
}

/** The policy over evidence: of several verdicts the worst counts, and only of evidence that is blocking. */
export function judge(evidence: readonly Evidence[]): Judgement {
  const notPassed = evidence.filter((item) => item.verdict !== 'pass');
  return {
    verdict: worstVerdict(evidence.filter((item) => item.blocking).map((item) => item.verdict)),
    blocking: worstFirst(notPassed.filter((item) => item.blocking)),
    warnings: worstFirst(notPassed.filter((item) => !item.blocking)),
  };
}

/** Of the same verdict, in the order they were measured. */
function worstFirst(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.toSorted((a, b) => (a.verdict === b.verdict ? 0 : worstVerdict([a.verdict, b.verdict]) === a.verdict ? -1 : 1));
}
