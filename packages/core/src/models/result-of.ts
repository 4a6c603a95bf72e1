import { type Artifact, type Digest, digest } from '@tidegate/formats';
import type { State } from '../store/index.ts';

/** A result of a step as the state keeps it. */
export interface StepOutcome {
  readonly key: Digest;
  readonly project: string;
  readonly outputs: { readonly [output: string]: Artifact };
}

/** The newest result of a step in which an output has this content, or this stable digest; null when there is none. */
export function outcomeThatMade(
  state: State,
  made: { readonly step: string; readonly output: string; readonly digest: Digest },
): StepOutcome | null {
  const rows = state.prepare('SELECT key, project, record FROM result WHERE step = ? ORDER BY recorded_at DESC').all(made.step);
  for (const row of rows) {
    const { outputs } = JSON.parse(String(row['record'])) as Pick<StepOutcome, 'outputs'>;
    const output = outputs[made.output];
    if (output?.digest === made.digest || output?.stable?.digest === made.digest)
      return { key: digest(String(row['key'])), project: String(row['project']), outputs };
  }
  return null;
}
