import type { DataDrift, SliceDrift, Verdict } from '@tidegate/formats';
import { measured, whole } from './figures.ts';

/** A sentence of what single columns do not show; without a verdict where it is not judged. */
export interface BeyondSentence {
  readonly verdict: Verdict | null;
  readonly text: string;
}

/** What columns do together, vectors and texts, then slices: what moved first. */
export function beyondSentences({ together, slices }: Pick<DataDrift, 'together' | 'slices'>): readonly BeyondSentence[] {
  const findings = (together?.findings ?? []).map(({ verdict, reason }): BeyondSentence => ({ verdict, text: reason }));
  const leftOut = (together?.leftOut ?? []).map(({ column, reason }): BeyondSentence => ({
    verdict: null,
    text: `${column} is not looked at together with others: ${reason}`,
  }));
  return [
    ...findings.filter(isFailed),
    ...findings.filter((one) => !isFailed(one)),
    ...leftOut,
    ...(slices === null ? [] : sliceSentences(slices)),
  ];
}

function isFailed({ verdict }: BeyondSentence): boolean {
  return verdict === 'fail';
}

function sliceSentences(slices: SliceDrift): readonly BeyondSentence[] {
  return [
    ...slices.found.map(({ reason }): BeyondSentence => ({ verdict: 'fail', text: reason })),
    { verdict: null, text: slicesSummary(slices) },
  ];
}

/** What was judged, and what could not be seen. */
export function slicesSummary({ judged, tooSmall, smallest, outcome, found }: SliceDrift): string {
  const by = outcome === null ? 'the rows that moved' : `what they do to the mean of ${outcome}`;
  const small = tooSmall === 0 ? '' : `, ${whole(tooSmall)} slices are too small to be judged`;
  const seen = smallest === null ? '' : `; in the smallest a distance of ${measured(smallest)} is found in four of five cases`;
  return `${found.length === 0 ? 'No slice moved beyond the rows it is part of' : `Slices are ranked by ${by}`}: ${whole(judged)} pairs of a slice and a column judged as one family${small}${seen}`;
}
