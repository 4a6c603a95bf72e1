import type { Place, StepName, Zone } from '@tidegate/formats';
import type { Home, ObjectStore, Remote, State } from '../store/index.ts';
import type { Platform } from '../platform/index.ts';
import type { Secrets } from './secrets/secrets.ts';
import type { StepKind } from './step-kind.ts';

/** What the pipeline works with; the composition root puts it together. */
export interface EngineParts {
  readonly store: ObjectStore;
  readonly state: State;
  /** Where results of other machines are looked for; null = nowhere. What it has, `store` has. */
  readonly remote: Remote | null;
  /** How far the runs are trusted: whose results they take, and whose their own are. */
  readonly zone: Zone;
  readonly home: Home;
  readonly platform: Platform;
  readonly kinds: readonly StepKind[];
  /** How much there is of what has a name in the project; default: of nothing. */
  readonly pools?: { readonly [pool: string]: number };
  readonly secrets: Secrets;
  /** Where a step's input from the project is named, for mistakes; null when nobody can tell. */
  readonly placeOfInput: (step: StepName, pattern: string) => Place | null;
  readonly project: {
    readonly name: string;
    /** The user's tree, absolute. */
    readonly root: string;
  };
}

/** The kind that runs a step. @throws Error (a bug) when none is registered under that name */
export function kindNamed(parts: EngineParts, name: string): StepKind {
  const kind = parts.kinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`Cannot find the step kind "${name}": nobody registered it; please report this`);
  return kind;
}
