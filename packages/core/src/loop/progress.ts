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
    return { run, goal, startedAt, steps: before?.steps ?? steps.map((step) => ({ step, ...waiting })), reached: [], doing: null };
  }
  if (before === null) return null;
  const change = (step: StepName, now: Partial<StepProgress>): RunProgress => ({
    ...before,
    steps: before.steps.map((one) => (one.step === step ? { ...one, ...now } : one)),
  });
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
    case 'not-isolated':
    case 'crashed-run-found':
    case 'monitor-checked':
    case 'run-finished':
      return before;
  }
}

/** Steps of the runs of one change: what an earlier one has made is not hidden by a later one that only finds it. */
export function stepsOfRuns(runs: readonly Pick<RunRecord, 'steps'>[]): readonly StepProgress[] {
  const [first, ...rest] = runs.map(({ steps }) => steps.map(stepAsEnded));
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
