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

/** The first mistakes in the order of the file; when there are too many, a last one that says how many are left out. */
export function firstMistakes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(byPlace);
  const left = sorted.length - yamlLimits.mistakes;
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
