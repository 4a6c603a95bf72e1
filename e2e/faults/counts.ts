import type { Entry } from './campaign.ts';

/** What a campaign came to, for people and for the page that tells of it. */
export interface Counts {
  readonly tried: number;
  /** Faults that struck; of the others the command ended before their moment came. */
  readonly struck: number;
  readonly kills: number;
  readonly errors: number;
  readonly randomKills: number;
  /** Results that had been recorded when the fault struck, all of which the reruns must have found. */
  readonly resultsKept: number;
  readonly withProblems: number;
  readonly byScenario: { readonly [scenario: string]: { readonly [fault: string]: number } };
  readonly byCall: { readonly [call: string]: number };
}

export function countsOf(entries: readonly Entry[]): Counts {
  const struck = entries.filter((entry) => entry.at !== null);
  const ofFault = (faults: readonly string[]): number => struck.filter((entry) => faults.includes(entry.fault)).length;
  return {
    tried: entries.length,
    struck: struck.length,
    kills: ofFault(['kill']),
    errors: ofFault(['EIO', 'ENOSPC']),
    randomKills: ofFault(['random-kill']),
    resultsKept: struck.reduce((sum, entry) => sum + entry.recordedBefore, 0),
    withProblems: entries.filter((entry) => entry.problems.length > 0).length,
    byScenario: Object.fromEntries(
      Object.entries(Object.groupBy(struck, (entry) => entry.scenario)).map(([scenario, some = []]) => [
        scenario,
        tally(some.map((entry) => entry.fault)),
      ]),
    ),
    byCall: tally(struck.flatMap((entry) => entry.call ?? [])),
  };
}

function tally(words: readonly string[]): { readonly [word: string]: number } {
  return Object.fromEntries(Object.entries(Object.groupBy(words, (word) => word)).map(([word, some = []]) => [word, some.length]));
}
