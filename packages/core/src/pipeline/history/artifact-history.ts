import { type Digest, type RunId, runId, type StepName, stepName } from '@tidegate/formats';
import type { State } from '../../store/index.ts';
import { findAnyResult, type StoredResult } from '../cache/results.ts';

/** A result that has an artifact among its outputs. */
export interface Making {
  readonly step: StepName;
  readonly output: string;
  readonly result: StoredResult;
}

/** Results of a project with an output whose digest (`sha256:…`) starts so, oldest first. */
export function makingsOf(state: State, project: string, digits: string): readonly Making[] {
  return state.database
    .prepare('SELECT key, step FROM result WHERE project = ? AND instr(record, ?) > 0 ORDER BY recorded_at, key')
    .all(project, `"${digits}`)
    .flatMap((row) => {
      const result = findAnyResult(state, String(row['key']) as Digest);
      const outputs = Object.entries(result?.outputs ?? {}).filter(([, artifact]) => artifact.digest.startsWith(digits));
      return result === null ? [] : outputs.map(([output]) => ({ step: stepName(String(row['step'])), output, result }));
    });
}

/** So many of the newest runs are searched: their records are read as text. */
const searchedRuns = 500;

/** Runs in whose record a digest is, newest first. */
export function runsWith(state: State, project: string, digest: Digest): readonly RunId[] {
  return state.database
    .prepare(
      'SELECT id FROM run WHERE id IN (SELECT id FROM run WHERE project = ? ORDER BY started_at DESC, id DESC LIMIT ?) AND instr(record, ?) > 0 ORDER BY started_at DESC, id DESC',
    )
    .all(project, searchedRuns, digest)
    .map((row) => runId(String(row['id'])));
}
