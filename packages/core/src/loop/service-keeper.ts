import type { EmitEvent, LoopEvent } from '@tidegate/formats';
import { environmentsOf, type Project, startAgain } from '../project/index.ts';
import { failureOf } from './failure-of.ts';

export interface ServiceKeeping {
  /** The project as it is on disk now. */
  readonly project: () => Project;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
  readonly note: (what: LoopEvent) => void;
  /** Whether there is one look only, which then must do. */
  readonly once: boolean;
}

const lookEveryMs = 5_000;
const retryAfterMs = 60_000;

/**
 * Starts again what the history of deployments says is live and does not run: after the machine was started again, or a supervisor was
 * killed. What was stopped by hand stays stopped.
 */
export class ServiceKeeper {
  readonly #keeping: ServiceKeeping;
  /** By the clock that only grows: when it looks next. */
  #nextAt = 0;
  /** Environments that were down at the last look: a switch by another process passes by itself. */
  #wereDown: ReadonlySet<string> = new Set();

  constructor(keeping: ServiceKeeping) {
    this.#keeping = keeping;
  }

  /** Environments that are down, at two looks in a row; looks every few seconds, however often it is asked. */
  async down(): Promise<readonly string[]> {
    const now = this.#now();
    if (now < this.#nextAt) return [];
    this.#nextAt = now + lookEveryMs;
    const down = new Set(
      (await environmentsOf(this.#keeping.project())).flatMap((one) => (one.release !== null && !one.running ? [one.name] : [])),
    );
    const both = [...down].filter((environment) => this.#keeping.once || this.#wereDown.has(environment));
    this.#wereDown = down;
    return both;
  }

  async start(environments: readonly string[]): Promise<void> {
    const { project, note, signal, emit } = this.#keeping;
    for (const environment of environments)
      try {
        const services = await startAgain(project(), environment, { signal, emit });
        if (services.length > 0) note({ kind: 'services-started', environment, services });
      } catch (error) {
        if (signal.aborted) return;
        this.#nextAt = this.#now() + retryAfterMs;
        note({ kind: 'start-failed', environment, failure: failureOf(error) });
      }
  }

  #now(): number {
    return this.#keeping.project().platform.clock.elapsed();
  }
}
