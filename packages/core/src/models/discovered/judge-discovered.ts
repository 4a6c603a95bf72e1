import { count, figure, rows } from '../../evidence/index.ts';
import type { Finding } from '../evidence.ts';
import { type DiscoveredSlices, sliceWords } from './discover-slices.ts';

/** Slices at most that are told. */
const mostTold = 10;

/** What was found among slices that nobody named. It warns and stops nothing: whether such a slice matters is for a person to say. */
export function judgeDiscovered(discovered: DiscoveredSlices): readonly Finding[] {
  const { found, tested, against } = discovered;
  const worse = against === 'champion' ? 'worse than the champion' : 'worse than elsewhere';
  if (found.length === 0)
    return [
      {
        kind: 'slice',
        name: 'discovered',
        verdict: 'pass',
        blocking: false,
        reason: `Among ${count(tested)} slices that were looked for by themselves none is shown to be ${worse}`,
        details: { tested, against, found: [] },
      },
    ];
  return found.slice(0, mostTold).map((slice) => ({
    kind: 'slice',
    name: `discovered.${sliceWords(slice.conditions)}`,
    verdict: 'fail',
    blocking: false,
    reason: `Where ${sliceWords(slice.conditions)} the candidate is ${worse}: the loss is ${figure(slice.mean)}${against === 'champion' ? ' higher' : ` against ${figure(slice.other)}`} on ${rows(slice.rows)} that it was not found in, ${figure(slice.effect)} standard deviations (p ${figure(slice.adjusted)} after Benjamini and Hochberg over ${count(tested)} slices)`,
    details: { ...slice, tested, against },
  }));
}
