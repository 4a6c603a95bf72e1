import { type Evaluation, type Evidence, type RunRecord, TidegateError } from '@tidegate/formats';
import { readRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { readEvaluation } from '../records.ts';

/** What the gate found of a model. */
export interface JudgedModel {
  readonly model: string;
  readonly evaluation: Evaluation;
  /** What the gate says of it, the trial of its service included. */
  readonly evidence: readonly Evidence[];
  /** Of the model file. */
  readonly bytes: number | null;
  /** Null without a champion, or when its record is nowhere at hand. */
  readonly championBytes: number | null;
  /** 99th percentile of the trial, in milliseconds; null when it was not measured. */
  readonly latencyP99Ms: number | null;
}

/** The models that the run has judged, in the order of its steps. */
export async function judgedModels(project: Project, run: RunRecord): Promise<readonly JudgedModel[]> {
  const judged = await Promise.all(
    run.steps
      .filter(({ kind }) => kind === 'evaluate')
      .map(async (step): Promise<JudgedModel | null> => {
        const evaluation = await readEvaluation(project, step);
        if (evaluation === null) return null;
        const { model } = evaluation;
        const services = Object.entries(project.config.services).flatMap(([name, one]) =>
          one.model === model ? [`services.${name}`] : [],
        );
        const trials = run.steps.filter(
          ({ kind, evidence }) => kind === 'trial' && evidence.some(({ subject }) => services.includes(subject)),
        );
        const p99 = trials.map(({ facts }) => facts['p99Ms']).find((value) => typeof value === 'number');
        return {
          model,
          evaluation,
          evidence: [...step.evidence, ...trials.flatMap(({ evidence }) => evidence)],
          bytes: await bytesOf(project, evaluation.modelVersion),
          championBytes: evaluation.champion === null ? null : await bytesOf(project, evaluation.champion.modelVersion),
          latencyP99Ms: p99 ?? null,
        };
      }),
  );
  return judged.filter((one) => one !== null);
}

async function bytesOf({ store }: Project, version: Evaluation['modelVersion']): Promise<number | null> {
  try {
    return (await readRecord(store, 'tidegate.model-version/1', version)).bytes;
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
