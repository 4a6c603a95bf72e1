import type { VerdictReplay } from '@tidegate/formats';
import { harmless, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** What came of computing the verdicts of a run again, step by step, and each that is another one. */
export function verdictReplayLines({ run, steps }: VerdictReplay, { style }: Pick<Terminal, 'style'>): readonly string[] {
  if (steps.length === 0) return [`Run ${run} has judged no model, so there is no verdict to compute again.`];
  const all = steps.reduce((sum, { replayed }) => sum + replayed, 0);
  const isSame = steps.every(({ differing, lacks }) => differing.length === 0 && lacks === null);
  return [
    `Run ${run}: ${counted(all, 'verdict')} computed again from the store: ${isSame ? style('green', 'all as before') : style('red', 'not all as before')}.`,
    ...steps.flatMap(({ step, replayed, differing, lacks }) => [
      `  ${step}: ${lacks === null ? counted(replayed, 'verdict') : `not computed again: ${harmless(lacks)}`}`,
      ...differing.map(({ name, before, after }) => `    ${harmless(name)}: ${before ?? 'none'} then, ${after ?? 'none'} now`),
    ]),
  ];
}
