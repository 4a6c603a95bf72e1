import type { Digest } from './digest.ts';
import type { RunId, StepName } from './ids.ts';
import type { MonitorCheck } from './monitor-check.ts';
import type { EarlierAttempt, MissReason, RunRecord, StepRecord } from './run-record.ts';

/** Everything the engine tells while it works, as data. One renderer turns it into words; a switch over `kind` is exhaustive. */
export type Event =
  | { readonly kind: 'run-started'; readonly run: RunId; readonly goal: string; readonly steps: readonly StepName[]; readonly at: string }
  | { readonly kind: 'step-started'; readonly step: StepName; readonly reasons: readonly MissReason[]; readonly at: string }
  | { readonly kind: 'step-progress'; readonly step: StepName; readonly doing: string; readonly fraction: number | null }
  /** One or more lines at once, as they came. */
  | { readonly kind: 'step-output'; readonly step: StepName; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** An attempt failed and is followed by another one; `attempts` is how many there may be in all. */
  | {
      readonly kind: 'step-retried';
      readonly step: StepName;
      readonly failed: EarlierAttempt;
      readonly next: number;
      readonly attempts: number;
    }
  | { readonly kind: 'step-finished'; readonly record: StepRecord }
  | { readonly kind: 'input-changed-while-running'; readonly step: StepName; readonly path: string }
  /** No file of a table is here, and its pinned version is used instead. */
  | { readonly kind: 'pinned-instead-of-files'; readonly dataset: string }
  /** A source that was never read before was read, and there is something to say of it. */
  | { readonly kind: 'source-notices'; readonly dataset: string; readonly notices: readonly string[] }
  /** Another machine has forgotten rows of a dataset, and now this one has as well; `givenUp`: how often something was added that is in no version and is to be added anew. */
  | { readonly kind: 'rows-forgotten'; readonly dataset: string; readonly id: string; readonly erased: number; readonly givenUp: number }
  /** Steps of this run have no sandbox although they would have one; `why` says what stands against it. */
  | { readonly kind: 'not-isolated'; readonly why: string }
  /** Packages of a library that its lock names without what their bytes must be, so that nobody could check them. */
  | { readonly kind: 'unchecked-packages'; readonly lock: string; readonly packages: readonly string[] }
  /** What a step that was asked to be traced looked for in the project without declaring it; none is good news. */
  | { readonly kind: 'undeclared-reads'; readonly step: StepName; readonly paths: readonly string[] }
  | { readonly kind: 'crashed-run-found'; readonly run: RunId; readonly processesEnded: number }
  | { readonly kind: 'deploy-progress'; readonly environment: string; readonly release: Digest; readonly doing: string }
  | {
      readonly kind: 'deployed';
      readonly environment: string;
      readonly release: Digest;
      readonly address: string;
      readonly switchMs: number;
    }
  | { readonly kind: 'virtual-environment-progress'; readonly doing: string; readonly fraction: number | null }
  | { readonly kind: 'monitor-checked'; readonly check: MonitorCheck }
  | { readonly kind: 'run-finished'; readonly record: RunRecord };

/** Receives events; must not throw and must not block. */
export type EmitEvent = (event: Event) => void;
