import type { Digest } from '@tidegate/formats';
import type { VirtualEnvironments } from '../commands/index.ts';
import type { State } from '../store/index.ts';
import type { ChampionSource } from './champion.ts';
import type { ChampionTestSet, StaleTestSet } from './champion-scores.ts';

/** What the step kind `evaluate` works with. */
export interface EvaluateDeps {
  /** How the command line of the program that runs models starts. */
  readonly serving: { readonly argv: readonly string[] };
  readonly state: State;
  readonly champions: ChampionSource;
  readonly virtualEnvironments: VirtualEnvironments;
  readonly championTestSet: ChampionTestSet;
  readonly staleTestSet: StaleTestSet;
  /** Digest of the evaluation that a champion was let through by; null when there was none. Read where a check carries its numbers. */
  readonly evaluationOf: (evaluated: { readonly model: string; readonly version: Digest }) => Digest | null;
}
