import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One action of a scenario and what must come of it. Texts in `says` must all be in what the command prints (stdout and
 * stderr together), those in `silent` must not; both may be `/regular expressions/`.
 */
export type Action =
  | {
      readonly tidegate: readonly string[];
      readonly exit: number;
      readonly says?: readonly string[];
      readonly silent?: readonly string[];
      readonly json?: { readonly [path: string]: unknown };
    }
  | { readonly write: { readonly [path: string]: string } }
  | { readonly append: { readonly [path: string]: string } }
  | { readonly remove: readonly string[] }
  | { readonly commit: string }
  | { readonly there: readonly string[] }
  | { readonly absent: readonly string[] }
  /** Sends a request to what is live in an environment. */
  | { readonly ask: string; readonly path: string; readonly body?: unknown; readonly status: number; readonly says?: readonly string[] };

export interface Scenario {
  /** What must hold, as a sentence; the name of the test. */
  readonly title: string;
  /** Programs without which it cannot run, e.g. `python3`. */
  readonly needs: readonly string[];
  readonly actions: readonly Action[];
}

export function readScenario(folder: string): Scenario {
  return JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8')) as Scenario;
}
