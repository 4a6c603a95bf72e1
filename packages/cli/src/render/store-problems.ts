import type { StoreProblem } from '@tidegate/core';
import { counted } from './words.ts';

/** Each problem with what to do about it. */
export function problemLines(problems: readonly StoreProblem[]): readonly string[] {
  return problems.flatMap(({ kind, about, found, hint }) => [`${kind} ${about}: ${found}`, `    ${hint ?? 'repaired'}`]);
}

export function outcomeOf(problems: readonly StoreProblem[]): string {
  const open = problems.filter(({ hint }) => hint !== null).length;
  if (problems.length === 0) return 'nothing is wrong';
  return `${counted(problems.length, 'problem')}${open === 0 ? ', all repaired' : open < problems.length ? `, ${problems.length - open} repaired` : ''}`;
}

/** 1 while something is wrong that was not repaired. */
export function exitCodeOf(problems: readonly StoreProblem[]): number {
  return problems.some(({ hint }) => hint !== null) ? 1 : 0;
}
