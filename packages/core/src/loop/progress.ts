import { fanOutOf } from '@tidegate/formats';
import type { Event, RunId, RunRecord, StepName, StepRecord, StepStatus, Verdict } from '@tidegate/formats';

/** A step of the run under way, as far as it has come. */
export interface StepProgress {
  readonly step: StepName;
  readonly status: StepStatus | 'waiting' | 'running';
  /** What it is doing; null when it does not say. */
  readonly doing: string | null;
  /** Milliseconds; null while it has not ended. */
  readonly durationMs: number | null;
  /** The worst verdict that it must have and has not; null when all pass. */
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  /** For a fan-out, whose items have no line of their own: how many there are and how far they are. */
  readonly items?: { readonly all: number; readonly settled: number; readonly failed: number };
}

/** The runs that a change takes, folded from their events: the one to the goal finds what the one to the gate has made. */
export interface RunProgress {
  readonly run: RunId;
  readonly goal: string;
  readonly startedAt: string;
  readonly steps: readonly StepProgress[];
  /** Environments that the release is live in by now. */
  readonly reached: readonly string[];
  /** What goes on in environments and virtual environments, in a few words. */
  readonly doing: string | null;
}

const waiting = { status: 'waiting', doing: null, durationMs: null, verdict: null, reason: null } as const;

/** What is known after one more event. */
export function afterEvent(before: RunProgress | null, event: Event): RunProgress | null {
  if (event.kind === 'run-started') {
    const { run, goal, at: startedAt, steps } = event;
    return { run, goal, startedAt, steps: before?.steps ?? stepsWaiting(steps), reached: [], doing: null };
  }
  if (before === null) return null;
  const change = (step: StepName, now: Partial<StepProgress>): RunProgress => ({
    ...before,
    steps: before.steps.map((one) => (one.step === step ? { ...one, ...now } : one)),
  });
  const ofItem = afterItem(before.steps, event);
  if (ofItem !== null) return { ...before, steps: ofItem };
  switch (event.kind) {
    case 'step-started':
      return change(event.step, { status: 'running' });
    case 'step-progress':
      return change(event.step, { doing: event.doing });
    case 'step-retried':
      return change(event.step, { doing: `waits for attempt ${event.next} of ${event.attempts}` });
    case 'step-finished':
      return { ...before, steps: withStep(before.steps, stepAsEnded(event.record)) };
    case 'deploy-progress':
      return { ...before, doing: `${event.environment}: ${event.doing}` };
    case 'deployed':
      return { ...before, doing: null, reached: [...before.reached, event.environment] };
    case 'virtual-environment-progress':
      return { ...before, doing: `virtual environment: ${event.doing}` };
    case 'step-output':
    case 'input-changed-while-running':
    case 'source-notices':
    case 'rows-forgotten':
    case 'pinned-instead-of-files':
    case 'not-isolated':
    case 'unchecked-packages':
    case 'undeclared-reads':
    case 'crashed-run-found':
    case 'monitor-checked':
    case 'run-finished':
      return before;
  }
}

/** One line for each step, and one for all items of a fan-out. */
function stepsWaiting(names: readonly StepName[]): readonly StepProgress[] {
  const items = new Map<StepName, number>();
  for (const name of names) {
    const fanOut = fanOutOf(name);
    if (fanOut !== null) items.set(fanOut, (items.get(fanOut) ?? 0) + 1);
  }
  return names.flatMap((step) => {
    if (fanOutOf(step) !== null) return [];
    const all = items.get(step);
    return [{ step, ...waiting, ...(all !== undefined && { items: { all, settled: 0, failed: 0 } }) }];
  });
}

/** What an event of an item changes of its fan-out; null for an event of anything else. */
function afterItem(steps: readonly StepProgress[], event: Event): readonly StepProgress[] | null {
  const step = event.kind === 'step-finished' ? event.record.step : 'step' in event ? event.step : null;
  const fanOut = step === null ? null : fanOutOf(step);
  if (fanOut === null) return null;
  if (event.kind !== 'step-finished' && event.kind !== 'step-started') return steps;
  return steps.map((one) => {
    if (one.step !== fanOut || one.items === undefined) return one;
    if (event.kind === 'step-started') return { ...one, status: 'running' };
    const items = {
      ...one.items,
      settled: one.items.settled + 1,
      failed: one.items.failed + (event.record.status === 'failed' ? 1 : 0),
    };
    return { ...one, items, doing: `${items.settled} of ${items.all}${items.failed > 0 ? `, ${items.failed} failed` : ''}` };
  });
}

/** Steps of the runs of one change: what an earlier one has made is not hidden by a later one that only finds it. */
export function stepsOfRuns(runs: readonly Pick<RunRecord, 'steps'>[]): readonly StepProgress[] {
  const [first, ...rest] = runs.map(({ steps }) => steps.filter(({ step }) => fanOutOf(step) === null).map(stepAsEnded));
  return rest.flat().reduce(withStep, first ?? []);
}

function withStep(steps: readonly StepProgress[], now: StepProgress): readonly StepProgress[] {
  return steps.map((one) => (one.step !== now.step || (now.status === 'hit' && one.status === 'done') ? one : now));
}

/** A step that has ended, with what speaks against it. */
function stepAsEnded({ step, status, durationMs, evidence, failure }: StepRecord): StepProgress {
  const against = evidence.find(({ blocking, verdict }) => blocking && verdict !== 'pass');
  const reason = failure?.message ?? against?.reason ?? null;
  return { step, status, doing: null, durationMs, verdict: against?.verdict ?? null, reason };
}
