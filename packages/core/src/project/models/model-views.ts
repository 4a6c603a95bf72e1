import { type Digest, type Json, type Metric, recordJson, type RunId, type Verdict } from '@tidegate/formats';
import { lineage, listModelVersions } from '../../models/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { environmentsOf } from '../deploy/environments.ts';
import type { Project } from '../project.ts';
import { readEvaluation } from '../records.ts';
import { listRuns } from '../run/runs.ts';
import { findModel } from './find-model.ts';

export interface ModelEntry {
  readonly model: string;
  readonly version: Digest;
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** Of its newest evaluation; null when it has none. */
  readonly verdict: Verdict | null;
  readonly metrics: readonly Metric[];
  readonly liveIn: readonly string[];
}

/** Every model version of the project, newest first, with its newest evaluation and where it is live. */
export async function listModels(project: Project): Promise<readonly ModelEntry[]> {
  const evaluations = new Map<Digest, { readonly verdict: Verdict; readonly metrics: readonly Metric[] }>();
  for (const run of listRuns(project))
    for (const step of run.steps.filter((candidate) => candidate.kind === 'evaluate')) {
      const version = step.outputs['version']?.digest;
      const evaluation = version === undefined || evaluations.has(version) ? null : await readEvaluation(project, step);
      if (version !== undefined && evaluation !== null) evaluations.set(version, evaluation);
    }
  const live = await liveModels(project);
  return listModelVersions(project.state, project.name).map(({ digest, run, madeAt, version }) => ({
    model: version.model,
    version: digest,
    run,
    madeAt,
    verdict: evaluations.get(digest)?.verdict ?? null,
    metrics: evaluations.get(digest)?.metrics ?? [],
    liveIn: live.filter((one) => one.artifact === version.artifact).map((one) => one.environment),
  }));
}

async function liveModels(project: Project): Promise<readonly { readonly environment: string; readonly artifact: Digest }[]> {
  const found = await Promise.all(
    (await environmentsOf(project)).map(async ({ name, release }) => {
      if (release === null) return null;
      const manifest = await readRelease(project.store, release);
      return { environment: name, artifact: manifest.model.artifact };
    }),
  );
  return found.filter((one) => one !== null);
}

/** Where a model version comes from: training step, code, dataset versions, packages. `name` is a digest or its first digits, or a model for its newest version. */
export async function modelLineage(project: Project, name: string): Promise<Json> {
  return recordJson(await lineage(project, findModel(project, name).digest));
}
