import type { Verdict } from '@tidegate/formats';
import type { Estimate } from '../estimate.ts';
import { alwaysValidP, leastOutcomes, sequenceOfDifference, type SequenceOptions } from './confidence-sequence.ts';
import type { ArmOutcomes } from './mature-outcomes.ts';
import { sampleRatioP } from './sample-ratio.ts';

export interface LiveOptions extends SequenceOptions {
  /** How much worse still counts as equal, above 0, in the unit of the outcome. */
  readonly margin: number;
  /** The share of requests that the candidate was meant to get. */
  readonly share: number;
  /** Outcomes that each arm must have before anything passes; at least {@link leastOutcomes}. A candidate that is proven worse fails earlier. */
  readonly leastRows: number;
}

/** What decided a verdict on a live comparison. */
export type LiveReason =
  | 'not worse'
  | 'proven worse'
  | 'too few outcomes'
  | 'neither is shown yet'
  | 'requests are not divided as they were meant to be'
  | 'labels are missing in one arm more than in the other';

export interface JudgedLive {
  readonly verdict: Verdict;
  readonly reason: LiveReason;
  /** Candidate less champion, positive when the candidate is better, with bounds that hold at every look. */
  readonly difference: Estimate;
  /** Always-valid p value of no difference. */
  readonly p: number;
  readonly sampleRatioP: number;
}

/** Chance of a false alarm over the split of requests or of labels, at whichever look: far below that of the comparison, as it stops everything. */
const alarmAlpha = 0.001;

/**
 * Judges a candidate beside the champion on live requests, at any moment and as often as one likes. In this order:
 *
 * - `invalid`: requests, or those among them that have labels, are not divided as they were meant to be;
 * - `fail`: proven worse and not proven to be within the margin; the chance of that for a candidate that is not worse is `alpha` at most over all looks together;
 * - `pass`: a loss as large as the margin is ruled out, and both arms have `leastRows`; the chance of that for one that is worse by the margin is `alpha` at most;
 * - `inconclusive`: go on.
 *
 * @throws RangeError for a margin, a share or an alpha out of its range
 */
export function judgeLive(candidate: ArmOutcomes, champion: ArmOutcomes, options: LiveOptions): JudgedLive {
  requireInRange(options);
  const { margin, share, expected } = options;
  const difference = sequenceOfDifference(candidate, champion, options);
  const ratioP = sampleRatioP(requests(candidate), requests(champion), share);
  const labelsP = missingLabelsP(candidate, champion);
  const rest = { difference, p: alwaysValidP(candidate, champion, { expected }), sampleRatioP: ratioP };
  if (ratioP < alarmAlpha) return { verdict: 'invalid', reason: 'requests are not divided as they were meant to be', ...rest };
  if (labelsP < alarmAlpha) return { verdict: 'invalid', reason: 'labels are missing in one arm more than in the other', ...rest };
  if (difference.low === null || difference.high === null) return { verdict: 'inconclusive', reason: 'too few outcomes', ...rest };
  const isWithinMargin = difference.low > -margin;
  if (!isWithinMargin && difference.high < 0) return { verdict: 'fail', reason: 'proven worse', ...rest };
  const least = Math.max(options.leastRows, leastOutcomes.rows);
  if (Math.min(candidate.rows, champion.rows) < least) return { verdict: 'inconclusive', reason: 'too few outcomes', ...rest };
  return isWithinMargin
    ? { verdict: 'pass', reason: 'not worse', ...rest }
    : { verdict: 'inconclusive', reason: 'neither is shown yet', ...rest };
}

function requests({ rows, unlabelled, young }: ArmOutcomes): number {
  return rows + unlabelled + young;
}

/**
 * Of labels that are missing, or of those that are there when these are fewer, the candidate should have the share that it has of all that are old enough.
 * Drawn from these without putting back they vary a little less than the test supposes, which alarms less often then.
 */
function missingLabelsP(candidate: ArmOutcomes, champion: ArmOutcomes): number {
  const [own, others] = [candidate.rows + candidate.unlabelled, champion.rows + champion.unlabelled];
  if (own === 0 || others === 0) return 1;
  const areMostThere = candidate.unlabelled + champion.unlabelled < candidate.rows + champion.rows;
  const which = areMostThere ? 'unlabelled' : 'rows';
  return sampleRatioP(candidate[which], champion[which], own / (own + others));
}

function requireInRange({ margin, share, alpha, expected }: LiveOptions): void {
  if (!(margin > 0)) throw new RangeError(`The margin must be above 0: found ${margin}`);
  if (!(share > 0 && share < 1)) throw new RangeError(`The share of requests must lie between 0 and 1: found ${share}`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`Alpha must lie between 0 and 1: found ${alpha}`);
  if (!(expected > 0)) throw new RangeError(`The expected difference must be above 0: found ${expected}`);
}
