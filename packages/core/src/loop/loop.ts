import { join } from 'node:path';
import {
  type Digest,
  type EmitEvent,
  type Hindrance,
  type LoopEvent,
  type LoopNote,
  type MonitorCheck,
  type PathReason,
  type RunId,
  TidegateError,
} from '@tidegate/formats';
import { loadProject } from '../config/index.ts';
import { entryAt, isoTime } from '../platform/index.ts';
import { environmentsOf, findRun, listMonitors, monitorHistory, noteRetraining, type Project } from '../project/index.ts';
import type { EventClock } from './event-clock.ts';
import { FeatureKeeper, type FeaturesRefreshed, type Push, type Pushed } from './feature-keeper.ts';
import { goalOfBranch, routeTo } from './goal.ts';
import { type Head, lookAtHead } from './head.ts';
import { type Lane, openLane } from './lane.ts';
import { MonitorKeeper } from './monitor-keeper.ts';
import { type Known, type Move, nextMove } from './next-move.ts';
import { appendNote, newestNote, newestNotes } from './notes.ts';
import { afterEvent, type RunProgress, stepsOfRuns } from './progress.ts';
import { ServiceKeeper } from './service-keeper.ts';
import { SourceKeeper } from './source-keeper.ts';
import { StoreKeeper } from './store-keeper.ts';
import { type SourceState, type SourceWatch, watchSources } from './source-watch.ts';
import { type Change, monitorStatus, type UpStatus, type WatchedMonitor } from './status.ts';
import { takePath } from './take-path.ts';

export interface LoopOptions {
  /** Opens the project as it is on disk now. */
  readonly open: () => Promise<Project>;
  /** Git's folder of the working tree. */
  readonly gitFolder: string;
  /** Environment that every branch goes to; null = as `branches` say. */
  readonly to: string | null;
  readonly events: EventClock;
  /** Does what is due, and is left alone after that. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
  /** Told of every note once it is kept. */
  readonly onNote: (note: LoopNote) => void;
  /** Called when there may be more to do. */
  readonly wake: () => void;
}

/** Checks of a monitor that the live page shows. */
const shownChecks = 12;

/** What one look came to. */
export interface Attended {
  /** Whether something was begun, or waits only for files to come to rest. */
  readonly isBusy: boolean;
  /** Why something that should be done is not. */
  readonly hindrance: Hindrance | null;
}

/**
 * What `tidegate up` does for a project: looks at Git and at the sources, and begins what is due. The path, and the features, have a
 * lane each: features are kept fresh while a model is trained. What it did is in its notes, written after the fact, so that a process
 * that is killed repeats at most what has no effect the second time.
 */
export class Loop {
  #project: Project;
  readonly #options: LoopOptions;
  readonly #files: SourceWatch;
  readonly #sources: SourceKeeper;
  readonly #path: Lane = openLane();
  readonly #features: FeatureKeeper;
  readonly #monitors: MonitorKeeper;
  readonly #services: ServiceKeeper;
  readonly #store: StoreKeeper;
  #configStamp: string | null = null;
  #head: Head | null = null;
  #data: SourceState = { digest: null, atRest: false };
  #asked = false;
  #retraining: Known['retraining'] = null;
  #hindrance: Hindrance | null = null;
  #change: Change | null = null;
  #progress: RunProgress | null = null;
  #worstExit = 0;
  /** What went wrong with the path besides its own outcome: a state that cannot be written, a mistake of ours. */
  #broken: { readonly error: unknown } | null = null;

  constructor(project: Project, options: LoopOptions) {
    this.#project = project;
    this.#options = options;
    this.#files = watchSources(project.platform.clock);
    this.#retraining = this.#interruptedRetraining();
    this.#features = new FeatureKeeper({
      ...options,
      project: () => this.#project,
      note: (what) => this.note(what),
      look: () => this.#files.look(this.#project).digest,
    });
    this.#sources = new SourceKeeper({
      ...options,
      project: () => this.#project,
      note: (what) => this.note(what),
      onFailure: (exit) => (this.#worstExit = Math.max(this.#worstExit, exit)),
    });
    this.#services = new ServiceKeeper({ ...options, project: () => this.#project, note: (what) => this.note(what) });
    this.#store = new StoreKeeper({ ...options, project: () => this.#project, note: (what) => this.note(what) });
    this.#monitors = new MonitorKeeper({
      ...options,
      project: () => this.#project,
      note: (what) => this.note(what),
      onRetrain: (wanted) => (this.#retraining ??= this.#isOnItsWay() ? null : wanted),
    });
  }

  /** The worst exit code of what it did. */
  get worstExit(): number {
    return this.#worstExit;
  }

  /** Looks around once and begins what is due; returns before that has ended. @throws what the loop cannot go on after */
  async attend(): Promise<Attended> {
    if (this.#broken !== null) throw this.#broken.error;
    await this.#readConfig();
    this.#head = await lookAtHead(this.#project, this.#options.gitFolder);
    this.#data = this.#files.look(this.#project);
    const [refreshes, checks] = [await this.#attendToFeatures(), await this.#attendToMonitors()];
    const reads = this.#attendToSources();
    if (this.#isOnItsWay()) return { isBusy: true, hindrance: null };
    const down = await this.#services.down();
    if (down.length > 0) this.#keep(this.#path.do(() => this.#services.start(down)));
    const move = this.#nextMove();
    this.#tellHindrance(move);
    if (move.kind === 'go') this.#go(move, this.#head);
    const isBusy =
      move.kind === 'go' ||
      down.length > 0 ||
      refreshes ||
      checks ||
      reads ||
      this.#sources.isReading ||
      this.#features.isRefreshing ||
      this.#monitors.isChecking ||
      !this.#data.atRest; // waits for it
    if (!isBusy && !this.#options.once && this.#store.isDue()) this.#store.tend();
    return { isBusy, hindrance: this.#hindrance };
  }

  /** Resolves when nothing that was begun is under way. */
  async idle(): Promise<void> {
    await Promise.all([this.#path.idle(), this.#features.idle(), this.#monitors.idle(), this.#sources.idle(), this.#store.idle()]);
  }

  /** Takes the head along the path again, as soon as nothing is in the way. */
  askForRun(): void {
    this.#asked = true;
    this.#options.wake();
  }

  /** Refreshes the features now. @throws what refreshing throws; it is in the notes as well */
  async refresh(): Promise<FeaturesRefreshed> {
    return this.#features.refresh('asked');
  }

  /** Adds rows to a dataset, and refreshes the features. @throws TG-CLI-NOT-FOUND, TG-DATA-PUSH */
  async push(push: Push): Promise<Pushed> {
    return this.#features.push(push);
  }

  /** Evaluates monitors now; none named = all. @throws TG-CLI-NOT-FOUND */
  async check(names: readonly string[]): Promise<readonly MonitorCheck[]> {
    const checks = await this.#monitors.check({ names, onlyDue: false });
    this.#options.wake();
    return checks;
  }

  /** What the monitors found in their last looks. */
  monitors(): readonly WatchedMonitor[] {
    return listMonitors(this.#project).map(({ monitor }) => ({
      monitor,
      history: monitorHistory(this.#project, monitor, { most: shownChecks }),
    }));
  }

  /** Lets go of what it holds, when nothing is under way any more. */
  async close(): Promise<void> {
    await this.#features.close();
  }

  async status(own: Pick<UpStatus, 'address' | 'since'>): Promise<UpStatus> {
    const { clock } = this.#project.platform;
    const eventMs = await this.#options.events.nowMs().catch(() => null);
    return {
      format: 'tidegate.up-status/1',
      project: this.#project.name,
      pid: process.pid,
      ...own,
      to: this.#options.to,
      at: isoTime(clock),
      eventTime: eventMs === null ? null : new Date(eventMs).toISOString(),
      head: this.#head?.revision ?? null,
      hindrance: this.#hindrance,
      change: this.#changeNow(),
      isRefreshing: this.#features.isRefreshing,
      isChecking: this.#monitors.isChecking,
      isReading: this.#sources.isReading,
      monitors: listMonitors(this.#project).map(monitorStatus),
      features: this.#features.last,
      environments: await environmentsOf(this.#project),
      notes: newestNotes(this.#project, 30),
    };
  }

  note(what: LoopEvent): void {
    this.#options.onNote(appendNote(this.#project, what));
  }

  /** A `tidegate.yaml` with mistakes is the business of the run, which tells them; until it is corrected the former one says what to watch. */
  async #readConfig(): Promise<void> {
    const stat = entryAt(join(this.#project.root, 'tidegate.yaml'));
    const stamp = stat === null ? null : `${stat.mtimeNs} ${stat.size} ${stat.ino}`;
    if (stamp === this.#configStamp) return;
    this.#configStamp = stamp;
    try {
      this.#project = { ...this.#project, ...(await loadProject(this.#project.root, this.#project.home.parsed)) };
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
    }
  }

  #nextMove(): Move {
    const { platform, config } = this.#project;
    const { commit = null, branch = null } = this.#head?.revision ?? {};
    const last = newestNote(this.#project, 'path-ended');
    const seen = {
      commit,
      goal: this.#options.to ?? goalOfBranch(config.branches, branch ?? ''),
      hindrance: this.#head?.hindrance ?? null,
      data: this.#data.atRest ? this.#data.digest : null,
      nowMs: platform.clock.now(),
    };
    const known: Known = {
      last: last === null ? null : { ended: last.what, atMs: Date.parse(last.at) },
      asked: this.#asked,
      news: this.#sources.news(),
      retraining: this.#retraining,
    };
    return nextMove(seen, known);
  }

  /** Once for each thing that is in the way, not at every look. */
  #tellHindrance(move: Move): void {
    const hindrance = move.kind === 'hindered' ? move.hindrance : null;
    const isNews = hindrance?.kind !== this.#hindrance?.kind; // which files are changed may change with every look
    this.#hindrance = hindrance;
    if (hindrance !== null && isNews) this.note({ kind: 'hindered', hindrance });
  }

  #go({ commit, why, tries }: Extract<Move, { kind: 'go' }>, { revision }: Head): void {
    const goal = this.#options.to ?? goalOfBranch(this.#project.config.branches, revision.branch ?? '');
    const subject = revision.subject ?? '';
    this.#asked = false;
    this.#retraining = null;
    this.#progress = null;
    this.#change = {
      commit,
      subject,
      goal,
      route: routeTo(this.#project.config.environments, goal),
      why,
      begunAt: isoTime(this.#project.platform.clock),
      run: null,
      steps: [],
      isPastGate: false,
      reached: [],
      doing: null,
      ended: null,
    };
    this.note({ kind: 'path-begun', commit, branch: revision.branch, subject, goal, why });
    const way = { commit, goal, why, tries, data: this.#data.digest };
    this.#keep(this.#path.do(() => this.#travel(way)));
  }

  async #travel(way: {
    readonly commit: string;
    readonly goal: string;
    readonly why: PathReason;
    readonly tries: number;
    readonly data: Digest | null;
  }): Promise<void> {
    const { clock } = this.#project.platform;
    const { open, signal, emit } = this.#options;
    const began = clock.elapsed();
    const nowMs = await this.#options.events.nowMs();
    const end = await takePath(open, {
      ...way,
      signal,
      emit: (event) => {
        if (event.kind === 'run-started' && event.goal === 'gate') this.#noteRetraining(way.why, { run: event.run, nowMs });
        this.#progress = afterEvent(this.#progress, event);
        emit(event);
      },
      note: (what) => this.note(what),
    });
    const { goal, why, tries, data } = way;
    const ended = { kind: 'path-ended', goal, why, tries, data, ...end, durationMs: Math.round(clock.elapsed() - began) } as const;
    this.note(ended);
    this.#worstExit = Math.max(this.#worstExit, ended.outcome === 'overtaken' ? 0 : ended.exit);
    if (this.#change !== null) this.#change = { ...this.#changeNow(), ...this.#change, ended: { ...ended, at: isoTime(clock) } };
    this.#options.wake();
  }

  /** Lets work go on, and the loop end with what it cannot go on after. */
  #keep(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#broken = { error };
      this.#options.wake();
    });
  }

  /** The cooldown of the monitor counts from here. */
  #noteRetraining(why: PathReason, started: { readonly run: RunId; readonly nowMs: number }): void {
    if (why.kind !== 'monitor' || this.#project.config.monitors[why.monitor] === undefined) return;
    noteRetraining(this.#project, { monitor: why.monitor, ...started });
  }

  /** Whether a refresh was begun. The path brings the features along when it deploys, so before the first time it is waited for. */
  async #attendToFeatures(): Promise<boolean> {
    const due = await this.#features.due(this.#data);
    if (due === null) return false;
    if (this.#isOnItsWay() && newestNote(this.#project, 'features-refreshed') === null) return false;
    this.#features
      .refresh(due)
      .catch(() => {}) // it is in the notes
      .finally(this.#options.wake);
    return true;
  }

  /** Whether an evaluation was begun; features that are being refreshed come first, for ages are among what is judged. */
  async #attendToMonitors(): Promise<boolean> {
    const names = this.#features.isRefreshing ? [] : await this.#monitors.due();
    if (names.length === 0) return false;
    this.#monitors
      .check({ names, onlyDue: true })
      .catch(() => {}) // it is in the notes
      .finally(this.#options.wake);
    return true;
  }

  /** Whether a look at sources was begun. */
  #attendToSources(): boolean {
    const due = this.#sources.due();
    if (due.length === 0) return false;
    this.#keep(this.#sources.look(due).finally(this.#options.wake));
    return true;
  }

  #isOnItsWay(): boolean {
    return this.#change !== null && this.#change.ended === null;
  }

  #changeNow(): Change | null {
    const change = this.#change ?? this.#lastChange();
    if (change === null || this.#progress === null || change !== this.#change) return change;
    const { run, steps, doing, reached, goal } = this.#progress;
    return { ...change, run, steps, reached, isPastGate: goal !== 'gate', doing: change.ended === null ? doing : null };
  }

  /** What an earlier process has finished. */
  #lastChange(): Change | null {
    const [begun, ended] = [newestNote(this.#project, 'path-begun'), newestNote(this.#project, 'path-ended')];
    if (begun === null || ended === null) return null;
    const { commit, subject, goal, why } = begun.what;
    const runs = ended.what.runs.flatMap((run) => findRun(this.#project, run) ?? []);
    return {
      commit,
      subject,
      goal,
      route: routeTo(this.#project.config.environments, goal),
      why,
      begunAt: begun.at,
      run: runs.at(-1)?.id ?? null,
      steps: stepsOfRuns(runs),
      isPastGate: runs.length > 1,
      reached: ended.what.live.map(({ environment }) => environment),
      doing: null,
      ended: { ...ended.what, at: ended.at },
    };
  }

  /** A retraining that a monitor wanted and whose process was killed before its end, or before it began, is still wanted. */
  #interruptedRetraining(): Known['retraining'] {
    const [begun, ended] = [newestNote(this.#project, 'path-begun'), newestNote(this.#project, 'path-ended')];
    const checked = newestNote(this.#project, 'monitor-checked');
    if (checked !== null && checked.what.retrain.wanted && checked.sequence > (begun?.sequence ?? 0))
      return { monitor: checked.what.monitor, reasons: checked.what.retrain.reasons };
    if (begun === null || begun.what.why.kind !== 'monitor' || (ended !== null && ended.sequence > begun.sequence)) return null;
    const { monitor, reasons } = begun.what.why;
    return { monitor, reasons };
  }
}
