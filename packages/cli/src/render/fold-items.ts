import { fanOutOf, type RunRecord, type StepName, type StepRecord, type StepStatus } from '@tidegate/formats';

/** How many items of a fan-out came to which end. */
export type ItemCounts = { readonly items: number } & { readonly [status in StepStatus]?: number };

/** Fan-outs of a run, each with the ends of its items. */
export function itemCounts(steps: readonly Pick<StepRecord, 'step' | 'status'>[]): ReadonlyMap<StepName, ItemCounts> {
  const found = new Map<StepName, { items: number } & { [status in StepStatus]?: number }>();
  for (const { step, status } of steps) {
    const fanOut = fanOutOf(step);
    if (fanOut === null) continue;
    const counts = found.get(fanOut) ?? { items: 0 };
    counts.items++;
    counts[status] = (counts[status] ?? 0) + 1;
    found.set(fanOut, counts);
  }
  return found;
}

/** So many items of one fan-out are shown one by one. */
const mostItems = 20;

/** The steps of a run as a person reads them: of a fan-out with many items only the first that failed, and the step that collects them. */
export function foldItems(steps: readonly StepRecord[]): readonly StepRecord[] {
  const counts = itemCounts(steps);
  if (counts.size === 0) return steps;
  const shown = new Map<StepName, number>();
  return steps.filter(({ step, status }) => {
    const fanOut = fanOutOf(step);
    if (fanOut === null || (counts.get(fanOut)?.items ?? 0) <= mostItems) return true;
    const before = shown.get(fanOut) ?? 0;
    if (status === 'failed') shown.set(fanOut, before + 1);
    return status === 'failed' && before < mostItems;
  });
}

/** A run as data of a size that does not grow with the items of its fan-outs, and what was left out in numbers. */
export function foldRun(run: RunRecord): { readonly run: RunRecord; readonly fanOuts?: { readonly [step: string]: ItemCounts } } {
  const counts = itemCounts(run.steps);
  return counts.size === 0 ? { run } : { run: { ...run, steps: foldItems(run.steps) }, fanOuts: Object.fromEntries(counts) };
}
