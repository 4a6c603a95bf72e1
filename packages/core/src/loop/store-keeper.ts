import type { LoopEvent } from '@tidegate/formats';
import { collectGarbage, packCold, type Project, scrub } from '../project/index.ts';
import { failureOf } from './failure-of.ts';

export interface StoreKeeping {
  /** The project as it is on disk now. */
  readonly project: () => Project;
  readonly signal: AbortSignal;
  readonly note: (what: LoopEvent) => void;
}

const dayMs = 86_400_000;
/** How often it is asked whether it is due, and how long it is left alone after a failure. */
const [askEveryMs, retryAfterMs] = [60_000, 3_600_000] as const;
/** Slow enough that nobody notices, and 12 GB a day. */
const [bytesPerSecond, forMs] = [20e6, 600_000] as const;
const problemsNoted = 20;

/**
 * Collects garbage, packs what is cold and reads a part of the store again, once a day for the whole home, whichever project's `tidegate up` comes first. A home
 * that is watched for the first time is left alone for a day.
 */
export class StoreKeeper {
  readonly #keeping: StoreKeeping;
  #underWay: Promise<void> | null = null;
  /** By the clock that only grows: when it is asked next. */
  #nextAt = 0;

  constructor(keeping: StoreKeeping) {
    this.#keeping = keeping;
  }

  /** Whether its time has come; looks into the state once a minute, however often it is asked. */
  isDue(): boolean {
    const { config, platform } = this.#keeping.project();
    const { clock } = platform;
    if (this.#underWay !== null || !config.keep.collect || clock.elapsed() < this.#nextAt) return false;
    this.#nextAt = clock.elapsed() + askEveryMs;
    const last = this.#momentOf("SELECT max(json_extract(record, '$.at')) AS at FROM loop_note WHERE kind = 'store-tended'");
    const since = last ?? this.#momentOf("SELECT min(json_extract(record, '$.at')) AS at FROM loop_note WHERE kind = 'up-started'");
    return since !== null && clock.now() - since >= dayMs;
  }

  /** Begins it, and notes what came of it; it ends when it is told to, and the next one goes on there. */
  tend(): void {
    this.#underWay = this.#tend()
      .catch(() => {}) // a state that takes no note is told by whatever else writes to it
      .finally(() => (this.#underWay = null));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  async #tend(): Promise<void> {
    const { project, signal, note } = this.#keeping;
    const { objects: store, state, home, platform } = project();
    const began = platform.clock.elapsed();
    try {
      const garbage = await collectGarbage({ store, state, home, nowMs: platform.clock.now(), signal });
      const gone = garbage.objects.filter(({ action }) => action === 'remove');
      const packed = await packCold(project(), { bytesPerSecond, forMs, signal });
      const read = await scrub(project(), { bytesPerSecond, forMs, signal });
      if (signal.aborted) return;
      note({
        kind: 'store-tended',
        collected: {
          objects: gone.length,
          bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0),
          results: garbage.results.length,
          runs: garbage.runs.length,
        },
        packed: {
          objects: packed.objects.length,
          bytes: packed.objects.reduce((sum, { bytes }) => sum + bytes, 0),
          writtenBytes: packed.writtenBytes ?? 0,
        },
        read: { objects: read.objects, bytes: read.bytes, left: read.left },
        problems: read.problems.slice(0, problemsNoted).map(({ about, found, hint }) => ({ about, found, hint })),
        durationMs: Math.round(platform.clock.elapsed() - began),
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#nextAt = platform.clock.elapsed() + retryAfterMs;
      note({ kind: 'tend-failed', failure: failureOf(error) });
    }
  }

  #momentOf(sql: string): number | null {
    const at = this.#keeping.project().state.prepare(sql).get()?.['at'];
    return typeof at === 'string' ? Date.parse(at) : null;
  }
}
