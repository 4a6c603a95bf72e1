import type { Digest } from './digest.ts';
import type { RunId, StepName } from './ids.ts';
import type { MonitorPart, RetrainDecision } from './monitor-check.ts';
import type { Verdict } from './verdict.ts';

/** Something that `tidegate up` did, or why it does not: one entry of its append-only log. Format: docs/reference/formats/loop-note.md. */
export interface LoopNote {
  readonly format: 'tidegate.loop-note/1';
  /** 1, 2, 3 … within the project. */
  readonly sequence: number;
  /** ISO 8601, UTC, by the clock of the system. */
  readonly at: string;
  readonly what: LoopEvent;
}

export type LoopEvent =
  | { readonly kind: 'up-started'; readonly pid: number; readonly address: string | null; readonly to: string | null }
  | { readonly kind: 'up-ended'; readonly why: 'asked' | 'once' | 'broke'; readonly message: string | null }
  | { readonly kind: 'hindered'; readonly hindrance: Hindrance }
  | {
      readonly kind: 'path-begun';
      readonly commit: string;
      readonly branch: string | null;
      readonly subject: string;
      /** `gate`, or an environment. */
      readonly goal: string;
      readonly why: PathReason;
    }
  | PathEnded
  | { readonly kind: 'lock-committed'; readonly commit: string; readonly parent: string; readonly moved: readonly MovedPin[] }
  | {
      readonly kind: 'features-refreshed';
      readonly why: RefreshReason;
      /** What the sources looked like: a digest over names, sizes and times of their files. */
      readonly data: Digest | null;
      /** ISO 8601, UTC: the moment of the event clock that they are fresh for. */
      readonly moment: string;
      readonly durationMs: number;
      /** Of each dataset that views read, in rows, except `files`, which changed, and `unread`, which could not be read. */
      readonly datasets: readonly {
        readonly dataset: string;
        readonly files: number;
        readonly unread: number;
        readonly arrived: number;
        readonly gone: number;
        readonly late: number;
        readonly leftOut: number;
      }[];
      readonly views: readonly {
        readonly view: string;
        /** Entities whose values were written, and those that have none any more. */
        readonly keys: number;
        readonly gone: number;
        /** ISO 8601, UTC; null when the view has no event. */
        readonly newestEvent: string | null;
      }[];
      /** Views that could not be computed. */
      readonly skipped: readonly { readonly view: string; readonly reason: string }[];
    }
  | {
      readonly kind: 'rows-pushed';
      readonly dataset: string;
      readonly accepted: number;
      readonly rejected: number;
      /** Whether a batch of that name had come before, so that nothing was added. */
      readonly repeated: boolean;
    }
  | {
      readonly kind: 'monitor-checked';
      readonly monitor: string;
      /** Its number within the monitor. */
      readonly check: number;
      /** ISO 8601, UTC: the moment of the event clock that was asked about. */
      readonly moment: string;
      readonly verdict: Verdict;
      readonly parts: readonly Pick<MonitorPart, 'part' | 'verdict' | 'reason'>[];
      readonly retrain: RetrainDecision;
    }
  /** What was live and did not run was started again. */
  | { readonly kind: 'services-started'; readonly environment: string; readonly services: readonly string[] }
  | { readonly kind: 'start-failed'; readonly environment: string; readonly failure: LoopFailure }
  /** The remote did not get what a run has made; the run stands. */
  | { readonly kind: 'share-failed'; readonly failure: LoopFailure }
  /** `names`: the monitors that were asked about; none = all that were due. */
  | { readonly kind: 'check-failed'; readonly names: readonly string[]; readonly failure: LoopFailure }
  /** Garbage was collected, and a part of the stored objects was read again. */
  | {
      readonly kind: 'store-tended';
      readonly collected: { readonly objects: number; readonly bytes: number; readonly results: number; readonly runs: number };
      /** Objects that lie in pieces since, and what was written for them; absent in notes of earlier versions. */
      readonly packed?: { readonly objects: number; readonly bytes: number; readonly writtenBytes: number };
      /** `left`: objects that were not read this time. */
      readonly read: { readonly objects: number; readonly bytes: number; readonly left: number };
      /** Damaged objects, the first 20; `hint` null for what is whole again. */
      readonly problems: readonly { readonly about: string; readonly found: string; readonly hint: string | null }[];
      readonly durationMs: number;
    }
  | { readonly kind: 'tend-failed'; readonly failure: LoopFailure }
  /** A source gave rows or files that are in no pinned version. */
  | {
      readonly kind: 'source-read';
      readonly dataset: string;
      /** The table or the tree of files that was stored. */
      readonly tree: Digest;
      readonly unit: 'row' | 'file';
      /** All of it, and what the source has sent. */
      readonly rows: number;
      readonly readRows: number;
      /** Columns that are not what they were. */
      readonly columns: readonly { readonly change: string; readonly column: string }[];
      /** Steps that depend on the dataset, when its columns have changed. */
      readonly affects: readonly StepName[];
    }
  /** A source could not be looked at or read; told once for each fault. */
  | { readonly kind: 'source-failed'; readonly dataset: string; readonly failure: LoopFailure }
  /** A source that had failed answers again. */
  | { readonly kind: 'source-answers'; readonly dataset: string }
  /** What is to be said of a source is something else than at the reading before; empty: nothing is any more. */
  | { readonly kind: 'source-notices'; readonly dataset: string; readonly notices: readonly string[] }
  | { readonly kind: 'refresh-failed'; readonly why: RefreshReason; readonly data: Digest | null; readonly failure: LoopFailure };

/** How the way of one commit along the path came to its end. */
export interface PathEnded {
  readonly kind: 'path-ended';
  readonly commit: string;
  readonly goal: string;
  readonly data: Digest | null;
  readonly why: PathReason;
  /** As far as the gate, and then to the goal; none when it did not come so far. */
  readonly runs: readonly RunId[];
  readonly outcome: PathOutcome;
  readonly verdict: Verdict | null;
  /** As `tidegate run` would have ended: docs/reference/exit-codes.md. */
  readonly exit: number;
  /** Why it did not pass; null when it did. */
  readonly failure: LoopFailure | null;
  /** 1 for the first try of the same thing, 2 for the next … */
  readonly tries: number;
  readonly live: readonly {
    readonly environment: string;
    readonly release: Digest;
    readonly address: string | null;
    readonly changed: boolean;
  }[];
  readonly durationMs: number;
}

/**
 * `refused`: a verdict; `failed`: it would fail again; `unavailable`: something of the machine that may be otherwise later, tried
 * again by itself; `overtaken`: the tree or the head changed under it, so it is looked at anew.
 */
export type PathOutcome = 'passed' | 'refused' | 'failed' | 'unavailable' | 'cancelled' | 'overtaken';

export type PathReason =
  | { readonly kind: 'new-commit'; readonly before: string | null }
  | { readonly kind: 'goal-changed'; readonly before: string }
  | { readonly kind: 'data-changed' }
  | { readonly kind: 'again'; readonly code: string }
  | { readonly kind: 'asked' }
  /** Sources gave something new. */
  | { readonly kind: 'source-read'; readonly datasets: readonly string[] }
  | { readonly kind: 'monitor'; readonly monitor: string; readonly reasons: readonly string[] };

/** `time`: the event clock of a file was moved. */
export type RefreshReason = 'data-changed' | 'asked' | 'pushed' | 'time';

/** Why nothing is run although something waits to be. */
export type Hindrance =
  | { readonly kind: 'no-commit' }
  | { readonly kind: 'detached' }
  | { readonly kind: 'under-way'; readonly operation: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' }
  | { readonly kind: 'uncommitted'; readonly files: readonly string[] };

/** An input whose pin moved; null where it was or is not pinned. */
export interface MovedPin {
  readonly section: 'data' | 'features' | 'packages';
  readonly name: string;
  readonly before: Digest | null;
  readonly after: Digest | null;
}

export interface LoopFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}
