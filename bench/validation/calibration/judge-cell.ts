import { judgeDrift } from '@tidegate/runtime';
import type { Cell } from './cells.ts';
import { countInMemory } from './count-in-memory.ts';
import { drawDataset } from './draw-dataset.ts';

/** What a tool said in one repeat. */
export interface Said {
  /** Columns with an alarm: c0, c1, … */
  readonly alarms: readonly string[];
  /** Columns that were not judged for want of rows; always none where a tool does not say so. */
  readonly open: readonly string[];
}

/** Judges every repeat of a cell as monitors and `tidegate data drift` do, with their defaults and by rows. */
export function judgeCell(cell: Cell, repeats: number): readonly Said[] {
  return Array.from({ length: repeats }, (_, seed) => {
    const judged = judgeDrift(countInMemory(drawDataset(cell, seed), cell.kind), { falseAlarms: 0.01, floor: 0.1, withSmallest: false });
    const named = (wanted: 'fail' | 'inconclusive'): readonly string[] =>
      judged.flatMap(({ verdict }, index) => (verdict === wanted ? [`c${index}`] : []));
    return { alarms: named('fail'), open: named('inconclusive') };
  });
}
