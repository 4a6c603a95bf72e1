import { type Evaluation, type Evidence, type ModelVersion, type RunRecord, TidegateError } from '@tidegate/formats';
import { readRecord } from '../../store/index.ts';
import { championsOf } from '../models/champions-of.ts';
import type { Project } from '../project.ts';
import { trialsOf } from '../models/trials-of.ts';
import { readEvaluation } from '../records.ts';

/** What the gate found of a model. */
export interface JudgedModel {
  readonly model: string;
  readonly evaluation: Evaluation;
  /** What the gate says of it, the trial of its service included. */
  readonly evidence: readonly Evidence[];
  /** Whether its file is that of the release that is live in the last environment: then there is nothing to compare with. */
  readonly isLive: boolean;
  /** Of the model file. */
  readonly bytes: number | null;
  /** Null without a champion, or when its record is nowhere at hand. */
  readonly championBytes: number | null;
  /** 99th percentile of the trial, in milliseconds; null when it was not measured. */
  readonly latencyP99Ms: number | null;
  /** That of the champion, measured in turns with it; null when nothing is held against it. */
  readonly championLatencyP99Ms: number | null;
}

/** The models that the run has judged, in the order of its steps. */
export async function judgedModels(project: Project, run: RunRecord): Promise<readonly JudgedModel[]> {
  const { possible } = championsOf(project);
  const judged = await Promise.all(
    run.steps
      .filter(({ kind }) => kind === 'evaluate')
      .map(async (step): Promise<JudgedModel | null> => {
        const evaluation = await readEvaluation(project, step);
        if (evaluation === null) return null;
        const { model } = evaluation;
        const trials = trialsOf(project, run, model);
        const version = await versionOf(project, evaluation.modelVersion);
        const [live] = await possible({ project: project.name, model }).catch(lost);
        const factOf = (name: string): number | null =>
          trials.map(({ facts }) => facts[name]).find((value) => typeof value === 'number') ?? null;
        return {
          model,
          evaluation,
          evidence: [...step.evidence, ...trials.flatMap(({ evidence }) => evidence)],
          isLive: live !== undefined && live.manifest.model.artifact === version?.artifact,
          bytes: version?.bytes ?? null,
          championBytes:
            evaluation.champion === null ? null : ((await versionOf(project, evaluation.champion.modelVersion))?.bytes ?? null),
          latencyP99Ms: factOf('p99Ms'),
          championLatencyP99Ms: factOf('championP99Ms'),
        };
      }),
  );
  return judged.filter((one) => one !== null);
}

async function versionOf({ store }: Project, version: Evaluation['modelVersion']): Promise<ModelVersion | null> {
  const [record] = await readRecord(store, 'tidegate.model-version/1', version).then((found) => [found], lost);
  return record ?? null;
}

/** What is no longer kept anywhere is not told. */
function lost(error: unknown): readonly never[] {
  if (error instanceof TidegateError) return [];
  throw error;
}
