import { clopperPearson, tangoDifference } from '@tidegate/runtime';
import { count, figure, percent } from '../../evidence/index.ts';
import type { Finding } from '../evidence.ts';
import type { BehaviourResult } from './run-behaviour.ts';

/**
 * Judges each test by how often it fails. Rows that are written down are all there are, so their share is exact; of changes of sampled rows the
 * exact bound of the share decides. Failing more often than the champion, proven case against case, fails whatever the share.
 */
export function judgeBehaviour(
  results: readonly BehaviourResult[],
  { most, confidence }: { readonly most: number; readonly confidence: number },
): readonly Finding[] {
  return results.map((result) => {
    const { suite, name, cases, failures, champion } = result;
    const finding = { kind: 'behaviour' as const, name: `behaviour.${suite}.${name}` };
    if (cases === 0)
      return { ...finding, verdict: 'inconclusive', reason: `"${name}" of ${suite} was not tried: its change leaves every row as it is` };
    const told = `${count(failures)} of ${count(cases)} cases fail "${name}" of ${suite}${exampleOf(result)}`;
    const details = { ...result, most };
    if (champion !== null) {
      const counts = { rows: cases, gained: champion.onlyChampion, lost: champion.onlyCandidate };
      const { pWorse } = tangoDifference(counts, { confidence, margin: 0 });
      if (pWorse < 1 - confidence)
        return {
          ...finding,
          verdict: 'fail',
          details,
          reason: `${told}; of these ${count(champion.onlyCandidate)} are new, which the champion does not fail, and it fails ${count(champion.onlyChampion)} others`,
        };
    }
    const exact = result.kind === 'function';
    const { low, high } = exact ? { low: failures / cases, high: failures / cases } : clopperPearson(failures, cases, confidence);
    const verdict = high <= most ? 'pass' : low > most ? 'fail' : 'inconclusive';
    const bounds = exact ? '' : ` (${figure(low)} to ${figure(high)} at ${percent(confidence)} each side)`;
    const needed =
      verdict === 'inconclusive' && failures === 0
        ? `; ${count(Math.ceil(Math.log(1 - confidence) / Math.log1p(-most)))} cases without a failure would do`
        : '';
    return { ...finding, verdict, details, reason: `${told}${bounds} and at most ${percent(most)} are allowed${needed}` };
  });
}

function exampleOf({ examples: [first] }: BehaviourResult): string {
  if (first === undefined) return '';
  return first.after === null
    ? `, such as one answered with ${first.before}`
    : `, such as one that goes from ${first.before} to ${first.after}`;
}
