import type { FoundEffect, JointLimits } from './finding.ts';
import type { ReferenceWindow } from './reference-windows.ts';
import type { SampledRows } from './sampled-rows.ts';

/** What a method finds between two samples. */
export type Asking = (reference: SampledRows, current: SampledRows, limits: JointLimits) => readonly FoundEffect[];

export interface WindowedSamples {
  readonly reference: SampledRows;
  readonly current: SampledRows;
  /** Spans of the reference; none where nothing is known to be usual. */
  readonly windows: readonly ReferenceWindow[];
}

/**
 * What a method finds, with what it finds between spans of the reference and its other rows as usual: rows of a span have weather, prices or a season in
 * common, so that spans differ though nothing changed for good. The floor counts from the largest of them.
 */
export function beyondUsual(ask: Asking, { reference, current, windows }: WindowedSamples, limits: JointLimits): readonly FoundEffect[] {
  const usual = new Map<string, number>();
  for (const [others, window] of windows)
    for (const found of ask(others, window, { ...limits, mostNamed: 0, permutations: 0 }))
      usual.set(found.name, Math.max(usual.get(found.name) ?? 0, beyondNothing(found)));
  return ask(reference, current, limits).map((found) => {
    const more = usual.get(found.name) ?? 0;
    const smallest = (level: number): number | null => {
      const own = found.smallest(level);
      return own === null ? null : own + more;
    };
    return { ...found, smallest, limit: found.limit + more, ...(found.passes === undefined ? {} : { passes: found.passes + more }) };
  });
}

/** An AUC of a half is none. */
function beyondNothing({ measure, value }: FoundEffect): number {
  return Math.max(0, measure === 'auc' ? value - 0.5 : value);
}
