import type { Digest, Json, LoopEvent, LoopFailure, RefreshReason } from '@tidegate/formats';
import {
  deploymentsOf,
  type FeatureRefresh,
  openFeatureRefresh,
  type Project,
  pushRows,
  type PushResult,
  type RefreshedFeatures,
} from '../project/index.ts';
import type { EventClock } from './event-clock.ts';
import { failureOf } from './failure-of.ts';
import { openLane } from './lane.ts';
import { newestNote } from './notes.ts';
import type { SourceState } from './source-watch.ts';

export interface FeatureKeeping {
  /** The project as it is on disk now. */
  readonly project: () => Project;
  readonly events: EventClock;
  readonly signal: AbortSignal;
  readonly note: (what: LoopEvent) => void;
  /** What the sources look like now. */
  readonly look: () => Digest | null;
}

export type FeaturesRefreshed = Extract<LoopEvent, { readonly kind: 'features-refreshed' }>;

/** Rows that somebody pushes. */
export interface Push {
  readonly dataset: string;
  readonly rows: readonly Json[];
  readonly batch: string | null;
}

export interface Pushed extends PushResult {
  /** What the refresh came to; null when it failed, though the rows are there. */
  readonly refreshed: FeaturesRefreshed | null;
  readonly failure: LoopFailure | null;
}

const retryAfterMs = 600_000;

/** Keeps the features of a project fresh, one refresh at a time, and notes each. Holds what makes the next one cheaper until it is closed. */
export class FeatureKeeper {
  readonly #keeping: FeatureKeeping;
  readonly #lane = openLane();
  #open: { readonly project: Project; readonly refresh: FeatureRefresh } | null = null;
  #underWay = 0;
  /** The last refresh of this process, and the moment of the event clock that it was for. */
  #done: { readonly refreshed: FeaturesRefreshed; readonly atMs: number } | null = null;

  constructor(keeping: FeatureKeeping) {
    this.#keeping = keeping;
  }

  /** The last refresh, of this process or an earlier one; null before the first. */
  get last(): FeaturesRefreshed | null {
    return this.#done?.refreshed ?? newestNote(this.#keeping.project(), 'features-refreshed')?.what ?? null;
  }

  get isRefreshing(): boolean {
    return this.#underWay > 0;
  }

  /** Why a refresh is due: the sources came to rest and look otherwise than at the last one, or the event clock of a file was moved; null when none is. */
  async due({ digest, atRest }: SourceState): Promise<RefreshReason | null> {
    const project = this.#keeping.project();
    if (!atRest || digest === null || this.isRefreshing || project.config.features === null) return null;
    if (deploymentsOf(project).length === 0) return null; // nobody asks for them
    if (await this.#isDataNew(digest)) return 'data-changed';
    return this.#keeping.events.isFile && (await this.#keeping.events.nowMs()) !== this.#done?.atMs ? 'time' : null;
  }

  /** What comes of it is noted, unless nothing has changed. @throws what refreshing throws; it is in the notes as well */
  async refresh(why: RefreshReason): Promise<FeaturesRefreshed> {
    this.#underWay++;
    try {
      return await this.#lane.do(() => this.#refresh(why));
    } finally {
      this.#underWay--;
    }
  }

  /** Adds rows to a dataset and refreshes the features. @throws TG-CLI-NOT-FOUND, TG-DATA-PUSH */
  async push({ dataset, rows, batch }: Push): Promise<Pushed> {
    const { project, events, signal, note } = this.#keeping;
    const result = await pushRows(project(), { dataset, rows, batch, nowMs: await events.nowMs(), signal });
    note({ kind: 'rows-pushed', dataset, accepted: result.accepted, rejected: result.rejected.length, repeated: result.repeated });
    if (project().config.features === null) return { ...result, refreshed: null, failure: null };
    try {
      return { ...result, refreshed: await this.refresh('pushed'), failure: null };
    } catch (error) {
      return { ...result, refreshed: null, failure: failureOf(error) };
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#lane.idle();
  }

  async close(): Promise<void> {
    await this.#lane.do(() => this.#close());
  }

  async #isDataNew(digest: Digest): Promise<boolean> {
    const project = this.#keeping.project();
    const [done, failed] = [newestNote(project, 'features-refreshed'), newestNote(project, 'refresh-failed')];
    if (failed === null || (done !== null && done.sequence > failed.sequence)) return done?.what.data !== digest;
    const sinceMs = project.platform.clock.now() - Date.parse(failed.at);
    return failed.what.data !== digest || sinceMs < 0 || sinceMs >= retryAfterMs;
  }

  async #refresh(why: RefreshReason): Promise<FeaturesRefreshed> {
    const { events, signal, note, look } = this.#keeping;
    const { clock } = this.#keeping.project().platform;
    const [data, began] = [look(), clock.elapsed()];
    const noted = newestNote(this.#keeping.project(), 'features-refreshed');
    try {
      const nowMs = await events.nowMs();
      const refreshed = await (await this.#refresher()).refresh({ nowMs, signal });
      const done = noteOf(refreshed, { why, data, durationMs: Math.round(clock.elapsed() - began) });
      this.#done = { refreshed: done, atMs: nowMs };
      if (isNews(done, noted?.what.data ?? null)) note(done);
      return done;
    } catch (error) {
      if (!signal.aborted) note({ kind: 'refresh-failed', why, data, failure: failureOf(error) });
      throw error;
    }
  }

  /** Opened anew when the project was. */
  async #refresher(): Promise<FeatureRefresh> {
    const project = this.#keeping.project();
    if (this.#open?.project === project) return this.#open.refresh;
    await this.#close();
    this.#open = { project, refresh: openFeatureRefresh(project) };
    return this.#open.refresh;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.refresh[Symbol.asyncDispose]();
  }
}

function noteOf(
  { atMs, datasets, views, skipped }: RefreshedFeatures,
  own: Pick<FeaturesRefreshed, 'why' | 'data' | 'durationMs'>,
): FeaturesRefreshed {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    kind: 'features-refreshed',
    ...own,
    moment: new Date(atMs).toISOString(),
    datasets: datasets.map(({ dataset, files, skipped: unread, arrived, gone, late, leftOut }) => ({
      dataset,
      files: files.length,
      unread: unread.length,
      arrived,
      gone,
      late,
      leftOut: leftOut.reduce((sum, { rows }) => sum + rows, 0),
    })),
    views: views.map(({ view, keys, gone, newestEventMs }) => ({ view, keys, gone, newestEvent: iso(newestEventMs) })),
    skipped,
  };
}

/** Whether a refresh is worth a note: somebody may ask for one every second. */
function isNews({ data, datasets, views, skipped }: FeaturesRefreshed, before: Digest | null): boolean {
  const isChanged = datasets.some(({ files }) => files > 0) || views.some(({ keys, gone }) => keys + gone > 0);
  return isChanged || skipped.length > 0 || data !== before;
}
