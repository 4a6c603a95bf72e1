import {
  type Artifact,
  type Digest,
  type Json,
  type OutputDifference,
  type Repetition,
  type Spread,
  type StepName,
  TidegateError,
} from '@tidegate/formats';
import type { ObjectStore, State } from '../../store/index.ts';
import { spreadOf } from './spread.ts';

type Outputs = { readonly [output: string]: Artifact };

/** Larger JSON is not looked into for a spread, bytes. */
const largestCompared = 32 << 20;

/** Outputs whose bytes are not those of the result that was there. */
export async function outputDifferences(store: ObjectStore, before: Outputs, after: Outputs): Promise<readonly OutputDifference[]> {
  const differing = Object.keys(after).filter((output) => before[output]?.digest !== after[output]?.digest);
  const found = differing.map(async (output): Promise<readonly OutputDifference[]> => {
    const [was, is] = [before[output], after[output]];
    if (was === undefined || is === undefined) return [];
    const isStable = was.stable !== undefined && was.stable.digest === is.stable?.digest;
    return [{ output, before: was.digest, after: is.digest, isStable, spread: await spreadBetween(store, was, is) }];
  });
  return (await Promise.all(found)).flat();
}

async function spreadBetween(store: ObjectStore, before: Artifact, after: Artifact): Promise<Spread | null> {
  const isSmall = [before, after].every(({ kind, bytes }) => kind === 'file' && bytes <= largestCompared);
  if (!isSmall) return null;
  const [was, is] = [await jsonAt(store, before.digest), await jsonAt(store, after.digest)];
  return was === null || is === null ? null : spreadOf(was, is);
}

/** Null when it is gone, damaged, or no JSON. */
async function jsonAt(store: ObjectStore, digest: Digest): Promise<Json> {
  return store.readJson(digest).catch((error: unknown) => {
    if (error instanceof SyntaxError || error instanceof TidegateError) return null;
    throw error;
  });
}

/** Notes a repetition; part of the caller's transaction. */
export function recordRepetition(
  state: State,
  { key, project, step }: { readonly key: Digest; readonly project: string; readonly step: StepName },
  repetition: Repetition,
): void {
  state
    .prepare('INSERT OR REPLACE INTO repetition (key, run, project, step, record, recorded_at) VALUES (?, ?, ?, ?, ?, ?)')
    .run(key, repetition.run, project, step, JSON.stringify(repetition), repetition.at);
}

/** How often the result of a key was made again, and what came out, oldest first. */
export function repetitionsOf(state: State, key: Digest): readonly Repetition[] {
  return state
    .prepare('SELECT record FROM repetition WHERE key = ? ORDER BY recorded_at, run')
    .all(key)
    .map((row) => JSON.parse(String(row['record'])) as Repetition);
}
