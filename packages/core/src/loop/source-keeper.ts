import { canonicalJson, errorEntry, type Json, type LoopEvent, TidegateError } from '@tidegate/formats';
import { glanceAtSource, isPinned, type Project, type ReadSource, readSource } from '../project/index.ts';
import { failureOf } from './failure-of.ts';
import { openLane } from './lane.ts';
import { newestNote, newestNoteAbout, notesAfter } from './notes.ts';

export interface SourceKeeping {
  /** The project as it is on disk now. */
  readonly project: () => Project;
  readonly signal: AbortSignal;
  readonly note: (what: LoopEvent) => void;
  /** Told of the exit code of a look that failed. */
  readonly onFailure: (exit: number) => void;
}

/** What is remembered of a source between two looks. */
interface Looked {
  /** When, by the clock that only grows. */
  readonly at: number;
  /** What it looked like before it was read last; null = nothing that another look could be compared with. */
  readonly glance: Json;
  /** Looks that failed one after another. */
  readonly failures: number;
  /** The fault that was told; null when it answers. */
  readonly told: string | null;
}

const retryAfterMs = [30_000, 120_000, 600_000] as const;

/** How long a source is left alone: its pace; after a failure a while that grows, but no longer than the pace or ten minutes, whichever is more. */
export function waitMs(everyMs: number, failures: number): number {
  const longest = Math.max(everyMs, retryAfterMs[2]);
  return failures === 0 ? everyMs : Math.min(retryAfterMs[failures - 1] ?? longest, longest);
}

/**
 * Looks at sources at their pace, one at a time, and reads those that look otherwise than before. What it read and is in no pinned version is noted, which is
 * a reason for the path. A source that fails is told once, and once more when it answers again; what a reading has to say is told when it is another thing than
 * before. What was told is in the notes, so that another process does not tell it again.
 */
export class SourceKeeper {
  readonly #keeping: SourceKeeping;
  readonly #lane = openLane();
  readonly #looked = new Map<string, Looked>();
  #underWay = 0;

  constructor(keeping: SourceKeeping) {
    this.#keeping = keeping;
  }

  get isReading(): boolean {
    return this.#underWay > 0;
  }

  /** Datasets whose source is to be looked at. None before the path came to an end once: a run itself reads what was never read. */
  due(): readonly string[] {
    const project = this.#keeping.project();
    if (this.isReading || newestNote(project, 'path-ended') === null) return [];
    const now = project.platform.clock.elapsed();
    return Object.entries(project.config.data).flatMap(([dataset, { from }]) => {
      const everyMs = from.everyMs ?? null;
      if (everyMs === null) return [];
      const looked = this.#looked.get(dataset);
      return looked === undefined || now - looked.at >= waitMs(everyMs, looked.failures) ? [dataset] : [];
    });
  }

  /** Looks at sources one after another; what fails is noted, not thrown. */
  async look(datasets: readonly string[]): Promise<void> {
    this.#underWay++;
    try {
      for (const dataset of datasets) if (!this.#keeping.signal.aborted) await this.#lane.do(() => this.#look(dataset));
    } finally {
      this.#underWay--;
    }
  }

  /** Datasets that gave something new since the last way along the path that came to an end was begun. */
  news(): readonly string[] {
    const project = this.#keeping.project();
    const ended = newestNote(project, 'path-ended');
    if (ended === null) return [];
    const begun = newestNote(project, 'path-begun', ended.sequence);
    const read = notesAfter(project, 'source-read', begun?.sequence ?? 0).map(({ what }) => what.dataset);
    return [...new Set(read)].filter((dataset) => project.config.data[dataset]?.from.source !== undefined);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#lane.idle();
  }

  async #look(dataset: string): Promise<void> {
    const { project, signal, note, onFailure } = this.#keeping;
    const former = this.#looked.get(dataset);
    const told = former === undefined ? faultTold(project(), dataset) : former.told;
    const at = project().platform.clock.elapsed();
    try {
      const glance = await glanceAtSource(project(), dataset, { signal });
      const isKnown = former !== undefined && glance !== null && canonicalJson(glance) === canonicalJson(former.glance);
      if (!isKnown) await this.#read(dataset);
      if (told !== null) note({ kind: 'source-answers', dataset });
      this.#looked.set(dataset, { at, glance, failures: 0, told: null });
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureOf(error);
      if (told !== failure.code) note({ kind: 'source-failed', dataset, failure });
      this.#looked.set(dataset, { at, glance: former?.glance ?? null, failures: (former?.failures ?? 0) + 1, told: failure.code });
      onFailure(error instanceof TidegateError ? errorEntry(error.diagnostics[0].code).exit : 70);
    }
  }

  async #read(dataset: string): Promise<void> {
    const { project, signal, note } = this.#keeping;
    const read = await readSource(project(), dataset, { signal, progress: () => {} });
    tellNotices(project(), read, note);
    const noted = newestNoteAbout(project(), 'source-read', dataset);
    if (noted?.what.tree === read.tree || (await isPinned(project(), dataset, read.tree))) return;
    note(noteOf(read));
  }
}

/** The fault of a source that was told last, when it has not answered since; null else. */
function faultTold(project: Project, dataset: string): string | null {
  const [failed, answers] = [newestNoteAbout(project, 'source-failed', dataset), newestNoteAbout(project, 'source-answers', dataset)];
  return failed === null || (answers !== null && answers.sequence > failed.sequence) ? null : failed.what.failure.code;
}

/** Notes what a reading has to say, unless it is what was said before. One that has read nothing says nothing. */
export function tellNotices(
  project: Project,
  { dataset, notices, readRows }: Pick<ReadSource, 'dataset' | 'notices' | 'readRows'>,
  note: (what: LoopEvent) => void,
): void {
  if (notices.length === 0 && readRows === 0) return;
  const told = newestNoteAbout(project, 'source-notices', dataset)?.what.notices ?? [];
  if (subjectsOf(notices) !== subjectsOf(told)) note({ kind: 'source-notices', dataset, notices });
}

/** What notices are about: how many rows it is now, and from which day on, makes no other notice. */
function subjectsOf(notices: readonly string[]): string {
  return JSON.stringify(notices.map((notice) => notice.replaceAll(/\d+/g, '#')).toSorted());
}

function noteOf({ dataset, tree, unit, rows, readRows, changes, affects }: ReadSource): LoopEvent {
  return {
    kind: 'source-read',
    dataset,
    tree,
    unit,
    rows,
    readRows,
    columns: changes.map(({ kind, column }) => ({ change: kind, column })),
    affects,
  };
}
