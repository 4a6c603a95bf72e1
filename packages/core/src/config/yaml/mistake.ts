import type { Diagnostic, ErrorCode } from '@tidegate/formats';
import { yamlLimits } from './yaml-limits.ts';

/** A mistake at characters `from` to `to` of a file. */
export interface Mistake {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly from: number;
  readonly to: number;
}

/** Of what may be a million mistakes those that can come to be shown, in the order of the file: only they are worth a place and words. */
export function earliest(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [...mistakes].sort((a, b) => a.from - b.from).slice(0, yamlLimits.mistakes);
}

/**
 * The first mistakes in the order of the file; when there are too many, a last one that says how many are left out.
 *
 * @param others how many more there are, each behind as many as are shown
 */
export function firstMistakes(diagnostics: readonly Diagnostic[], others: number): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(byPlace);
  const left = sorted.length + others - yamlLimits.mistakes;
  if (left <= 0) return sorted;
  const more: Diagnostic = {
    code: 'TG-CONFIG-MORE-MISTAKES',
    message: `Cannot show every mistake of the file: ${left} more were found`,
    hint: 'Correct these first, then run the command again',
    place: null,
  };
  return [...sorted.slice(0, yamlLimits.mistakes), more];
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
