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

  /** Monitors whose time has come, of services that are live; after a failure none before ten minutes are over. */
  async due(): Promise<readonly string[]> {
    const project = this.#keeping.project();
    const monitors = listMonitors(project);
    if (monitors.length === 0 || this.isChecking) return [];
    if (this.#failedAt !== null && project.platform.clock.elapsed() - this.#failedAt < retryAfterMs) return [];
    const [live, nowMs] = [livePlaces(project), await this.#keeping.events.nowMs()];
    return monitors.flatMap(({ monitor, config, last }) => {
      const lastMs = last === null ? null : Date.parse(last.at);
      return live.has(`${config.environment}/${monitor}`) && isDue(lastMs, { nowMs, everyMs: config.everyMs }) ? [monitor] : [];
    });
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

/** `ENVIRONMENT/SERVICE` of everything that is live. Lines of a history are in the order of their numbers: a clock may have been set back. */
function livePlaces(project: Project): ReadonlySet<string> {
  const lines = deploymentsOf(project).toSorted((a, b) => a.sequence - b.sequence);
  const newest = new Map(lines.map(({ environment, service, release }) => [`${environment}/${service}`, release]));
  return new Set([...newest].flatMap(([place, release]) => (release === null ? [] : [place])));
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
