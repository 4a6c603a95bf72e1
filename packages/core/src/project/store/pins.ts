import { type Digest, failure } from '@tidegate/formats';
import { digestsIn } from '../../store/index.ts';
import { deploymentsOf } from '../deploy/environments.ts';
import { findDigest } from '../explain/find-digest.ts';
import type { Project } from '../project.ts';
import { latestResult } from '../records.ts';
import { findRun } from '../run/runs.ts';

/** Something that garbage collection keeps because somebody said so. */
export interface Pin {
  readonly name: string;
  /** What is kept with all that it leads to; none for a run, which is kept with everything that it made or took. */
  readonly digests: readonly Digest[];
  readonly run: string | null;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

/** The pins of the project, by name. */
export function listPins({ state, name }: Project): readonly Pin[] {
  return state
    .prepare('SELECT name, digests, run, made_at FROM pin WHERE project = ? ORDER BY name')
    .all(name)
    .map((row) => ({
      name: String(row['name']),
      digests: [...digestsIn(String(row['digests']))],
      run: row['run'] === null ? null : String(row['run']),
      madeAt: String(row['made_at']),
    }));
}

/**
 * Keeps what has a name now: a run, what is live in an environment, the newest result of a step, an object by its digest or its first digits.
 * Another pin of that name gives way.
 *
 * @throws TG-CLI-NOT-FOUND
 */
export async function pin(project: Project, name: string): Promise<Pin> {
  const found = await findToPin(project, name);
  const made: Pin = { name, ...found, madeAt: new Date(project.platform.clock.now()).toISOString() };
  const replace = 'INSERT OR REPLACE INTO pin (project, name, digests, run, made_at) VALUES (?, ?, ?, ?, ?)';
  project.state.commit(() => project.state.prepare(replace).run(project.name, name, made.digests.join(' '), made.run, made.madeAt));
  return made;
}

/** @throws TG-CLI-NOT-FOUND when nothing is pinned under that name */
export function unpin({ state, name: project }: Project, name: string): void {
  const removed = state.commit(() => state.prepare('DELETE FROM pin WHERE project = ? AND name = ?').run(project, name));
  if (removed.changes === 0)
    throw failure('TG-CLI-NOT-FOUND', `Cannot unpin "${name}": nothing is pinned under that name`, 'Run "tidegate store pin" for the pins');
}

async function findToPin(project: Project, name: string): Promise<Pick<Pin, 'digests' | 'run'>> {
  const run = findRun(project, name);
  if (run !== null) return { digests: [], run: run.id };
  const live = deploymentsOf(project).findLast(({ environment }) => environment === name);
  if (live !== undefined) return { digests: [...digestsIn(JSON.stringify(live))], run: null };
  const latest = latestResult(project, name)?.record;
  if (latest !== undefined) return { digests: [...digestsIn(JSON.stringify([latest.key, latest.outputs]))], run: null };
  const digest = /^(sha256:)?[0-9a-f]{8,64}$/.test(name) ? await findDigest(project, name) : null;
  if (digest !== null) return { digests: [digest], run: null };
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot pin "${name}": it is no run, environment, step or object of this project`,
    'Run "tidegate runs" for the runs, "tidegate plan" for the steps',
  );
}
