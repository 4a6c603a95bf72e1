import type { Digest, Metric } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { type ModelFacts, modelFacts } from './model-facts.ts';

/** Something that two model versions have each in their own way; null where a side has none, or nothing says. */
export interface ModelDifference {
  /** `file train.py`, `dataset flights`, `variable SEED`, `input wind`, `flavor`. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ComparedModels {
  readonly before: Digest;
  readonly after: Digest;
  /** Whether both were measured on the very same rows; otherwise their metrics do not compare. */
  readonly sameTestSet: boolean;
  readonly metrics: readonly {
    readonly metric: string;
    readonly higherIsBetter: boolean;
    readonly before: Metric | null;
    readonly after: Metric | null;
  }[];
  readonly differences: readonly ModelDifference[];
}

/** Two model versions side by side: their metrics, and what of where they come from and what they take differs. @throws TG-CLI-NOT-FOUND */
export async function compareModels(project: Project, before: string, after: string): Promise<ComparedModels> {
  const [was, is] = [await modelFacts(project, before), await modelFacts(project, after)];
  const [old, now] = [traitsOf(was), traitsOf(is)];
  return {
    before: was.version,
    after: is.version,
    sameTestSet: was.evaluation !== null && was.evaluation.testSet === is.evaluation?.testSet,
    metrics: pairMetrics(was, is),
    differences: [...new Set([...old.keys(), ...now.keys()])]
      .map((what) => ({ what, before: old.get(what) ?? null, after: now.get(what) ?? null }))
      .filter((one) => one.before !== one.after),
  };
}

function pairMetrics(was: ModelFacts, is: ModelFacts): ComparedModels['metrics'] {
  const [old, now] = [was, is].map(({ evaluation }) => new Map((evaluation?.metrics ?? []).map((metric) => [metric.name, metric])));
  return [...new Set([...(now?.keys() ?? []), ...(old?.keys() ?? [])])].map((metric) => {
    const [before, after] = [old?.get(metric) ?? null, now?.get(metric) ?? null];
    return { metric, before, after, higherIsBetter: (after ?? before)?.higherIsBetter ?? true };
  });
}

/** What a version is made of, as texts that are equal where it is the same. */
function traitsOf({ record, trainedBy, datasets, code }: ModelFacts): ReadonlyMap<string, string> {
  const { signature, flavor, file, bytes } = record;
  return new Map<string, string>([
    ['commit', code?.commit ?? 'none'],
    ['flavor', flavor],
    ['file', file],
    ['bytes', String(bytes)],
    ['task', signature.task],
    ['classes', signature.classes.join(', ')],
    ...signature.inputs.map(({ name, type }) => [`input ${name}`, type] as const),
    ...(datasets ?? []).map(({ name, version }) => [`dataset ${name}`, version] as const),
    ...(trainedBy === null
      ? []
      : [
          ['command', trainedBy.command ?? 'none'] as const,
          ...Object.entries(trainedBy.files).map(([path, digest]) => [`file ${path}`, digest] as const),
          ...Object.entries(trainedBy.variables).map(([name, value]) => [`variable ${name}`, value] as const),
          ...Object.entries(trainedBy.environment).map(([name, value]) => [`environment ${name}`, JSON.stringify(value)] as const),
        ]),
  ]);
}
