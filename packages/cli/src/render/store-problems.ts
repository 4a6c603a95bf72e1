import type { StoreProblem } from '@tidegate/core';
import { counted } from './words.ts';

/** Each problem with what to do about it. */
export function problemLines(problems: readonly StoreProblem[]): readonly string[] {
  return problems.flatMap(({ kind, about, found, todo }) => [`${kind} ${about}: ${found}`, `    ${todo ?? 'repaired'}`]);
}

export function outcomeOf(problems: readonly StoreProblem[]): string {
  const open = problems.filter(({ todo }) => todo !== null).length;
  if (problems.length === 0) return 'nothing is wrong';
  return `${counted(problems.length, 'problem')}${open === 0 ? ', all repaired' : open < problems.length ? `, ${problems.length - open} repaired` : ''}`;
}

/** 1 while something is wrong that was not repaired. */
export function exitCodeOf(problems: readonly StoreProblem[]): number {
  return problems.some(({ todo }) => todo !== null) ? 1 : 0;
}
