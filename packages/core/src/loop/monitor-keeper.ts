import type { LoopEvent, MonitorCheck } from '@tidegate/formats';
import { isDue } from '../monitoring/index.ts';
import { checkMonitors, deploymentsOf, listMonitors, type Project } from '../project/index.ts';
import type { EventClock } from './event-clock.ts';
import { failureOf } from './failure-of.ts';
import { openLane } from './lane.ts';

export interface MonitorKeeping {
  /** The project as it is on disk now. */
  readonly project: () => Project;
  readonly events: EventClock;
  readonly signal: AbortSignal;
  readonly note: (what: LoopEvent) => void;
  /** Told when a monitor wants the model trained again. */
  readonly onRetrain: (wanted: { readonly monitor: string; readonly reasons: readonly string[] }) => void;
}

export interface WantedChecks {
  /** None = all. */
  readonly names: readonly string[];
  readonly onlyDue: boolean;
}

const retryAfterMs = 600_000;

/** Evaluates the monitors of a project when they are due or somebody asks, one evaluation at a time, and notes each. */
export class MonitorKeeper {
  readonly #keeping: MonitorKeeping;
  readonly #lane = openLane();
  #underWay = 0;
  /** Since when checks fail, by the clock that only grows; null when the last one did not. */
  #failedAt: number | null = null;

  constructor(keeping: MonitorKeeping) {
    this.#keeping = keeping;
  }

  get isChecking(): boolean {
    return this.#underWay > 0;
  }

  /** Whether a monitor's time has come; after a failure not before ten minutes are over. */
  async isDue(): Promise<boolean> {
    const project = this.#keeping.project();
    const monitors = listMonitors(project);
    if (monitors.length === 0 || this.isChecking || deploymentsOf(project).length === 0) return false;
    if (this.#failedAt !== null && project.platform.clock.elapsed() - this.#failedAt < retryAfterMs) return false;
    const nowMs = await this.#keeping.events.nowMs();
    return monitors.some(({ config, last }) => isDue(last === null ? null : Date.parse(last.at), { nowMs, everyMs: config.everyMs }));
  }

  /** @throws TG-CLI-NOT-FOUND for a name that is no monitor, TG-LOOP-CLOCK; it is in the notes as well */
  async check(wanted: WantedChecks): Promise<readonly MonitorCheck[]> {
    this.#underWay++;
    try {
      return await this.#lane.do(() => this.#check(wanted));
    } finally {
      this.#underWay--;
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#lane.idle();
  }

  async #check({ names, onlyDue }: WantedChecks): Promise<readonly MonitorCheck[]> {
    const { project, events, signal, note, onRetrain } = this.#keeping;
    try {
      const checks = await checkMonitors(project(), {
        names,
        onlyDue,
        nowMs: await events.nowMs(),
        signal,
        emit: (event) => {
          if (event.kind === 'monitor-checked') note(noteOf(event.check));
        },
      });
      this.#failedAt = null;
      for (const { monitor, retrain } of checks) if (retrain.wanted) onRetrain({ monitor, reasons: retrain.reasons });
      return checks;
    } catch (error) {
      this.#failedAt = project().platform.clock.elapsed();
      if (!signal.aborted) note({ kind: 'check-failed', names, failure: failureOf(error) });
      throw error;
    }
  }
}

function noteOf({ monitor, at, sequence, verdict, parts, retrain }: MonitorCheck): LoopEvent {
  return {
    kind: 'monitor-checked',
    monitor,
    check: sequence,
    moment: at,
    verdict,
    parts: parts.map(({ part, verdict: own, reason }) => ({ part, verdict: own, reason })),
    retrain,
  };
}
