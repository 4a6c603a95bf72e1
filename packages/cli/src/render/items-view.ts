import { type Event, fanOutOf, type StepName, type StepRecord, type StepStatus } from '@tidegate/formats';
import { whole } from './figures.ts';
import type { Terminal } from './terminal.ts';
import { statusWords } from './words.ts';

/** Makes one line of the many items of a fan-out. */
export interface ItemsView {
  readonly begin: (steps: readonly StepName[]) => void;
  /** What to print for an event of an item; null for an event of anything else. */
  readonly lines: (event: Event) => readonly string[] | null;
  /** `steps.train  847 of 10,000, 3 failed, 2 running` for the moving line; null when no item runs. */
  readonly moving: () => string | null;
  /** `9,990 unchanged, 7 done, 3 failed` for the line of the step that collects them; "" for any other step. */
  readonly summaryOf: (step: StepName) => string;
}

interface Tally {
  readonly total: number;
  running: number;
  settled: number;
  readonly ends: Map<StepStatus, number>;
}

/** So many failed items of a fan-out are told one by one; the others are counted. */
const mostFailures = 5;
/** Below this many items there is no line on the way. */
const manyItems = 20;

export function itemsView(terminal: Pick<Terminal, 'interactive'>, failureLines: (record: StepRecord) => readonly string[]): ItemsView {
  const tallies = new Map<StepName, Tally>();
  const finished = (tally: Tally, fanOut: StepName, record: StepRecord): readonly string[] => {
    if (record.status === 'done' || record.status === 'failed') tally.running = Math.max(0, tally.running - 1);
    tally.settled++;
    const ends = (tally.ends.get(record.status) ?? 0) + 1;
    tally.ends.set(record.status, ends);
    if (record.status === 'failed' && ends <= mostFailures) return failureLines(record);
    const step = Math.max(1, Math.floor(tally.total / 10));
    const isMark = tally.settled % step === 0 && tally.settled < tally.total;
    return !terminal.interactive && tally.total >= manyItems && isMark ? [`  … ${wordsOf(fanOut, tally)}`] : [];
  };
  return {
    begin: (steps) => {
      tallies.clear();
      const totals = new Map<StepName, number>();
      for (const step of steps) {
        const fanOut = fanOutOf(step);
        if (fanOut !== null) totals.set(fanOut, (totals.get(fanOut) ?? 0) + 1);
      }
      for (const [fanOut, total] of totals) tallies.set(fanOut, { total, running: 0, settled: 0, ends: new Map() });
    },
    lines: (event) => {
      const step = event.kind === 'step-finished' ? event.record.step : 'step' in event ? event.step : null;
      const fanOut = step === null ? null : fanOutOf(step);
      const tally = fanOut === null ? undefined : tallies.get(fanOut);
      if (fanOut === null || tally === undefined) return null;
      if (event.kind === 'step-started') tally.running++;
      if (event.kind === 'step-retried') tally.running = Math.max(0, tally.running - 1);
      return event.kind === 'step-finished' ? finished(tally, fanOut, event.record) : [];
    },
    moving: () => {
      for (const [fanOut, tally] of tallies) if (tally.running > 0) return wordsOf(fanOut, tally);
      return null;
    },
    summaryOf: (step) => {
      const tally = tallies.get(step);
      return tally === undefined ? '' : [...tally.ends].map(([status, count]) => `${whole(count)} ${statusWords[status]}`).join(', ');
    },
  };
}

function wordsOf(fanOut: StepName, { settled, total, running, ends }: Tally): string {
  const failed = ends.get('failed') ?? 0;
  return `${fanOut}  ${whole(settled)} of ${whole(total)}${failed > 0 ? `, ${whole(failed)} failed` : ''}${running > 0 ? `, ${whole(running)} running` : ''}`;
}
