import { join } from 'node:path';
import { type Digest, failure, type ModelVersion } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { inputOf, type ResolvedInput, type StepContext } from '../pipeline/index.ts';
import type { State } from '../store/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { flavorOf } from './flavor.ts';
import { metricsOf } from './measure.ts';
import type { LockedPython, ModelPython } from './model-python.ts';
import { outcomeThatMade } from './result-of.ts';
import { requireSafe } from './require-safe.ts';
import type { FileScan } from './safety/index.ts';
import type { ModelProgram, RunnableModel } from './serving-process.ts';
import { type LabelValues, mostClasses, signatureOf } from './signature.ts';
import type { TestSet } from './test-set.ts';

export interface CandidateModel {
  readonly digest: Digest;
  readonly version: ModelVersion;
  readonly runnable: RunnableModel;
  /** What looking through the file said; null for code. */
  readonly scan: FileScan | null;
}

export interface CandidateParts {
  readonly context: StepContext;
  readonly settings: EvaluateSettings;
  readonly state: State;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly python: ModelPython;
  readonly testSet: TestSet;
}

/** The artifact that is the model. @throws Error (a bug) when the node does not declare it */
export function artifactOf(context: Pick<StepContext, 'inputs'>, { artifact }: EvaluateSettings): ResolvedInput['artifact'] {
  return inputOf(context, `steps.${artifact.step}/${artifact.output}`).artifact;
}

/** Makes the model version: the model file, where it comes from, and what it takes and gives, as its own file says. @throws as `signatureOf` and `inspect`; TG-MODELS-FLAVOR, TG-MODELS-UNSAFE, TG-MODELS-NOT-KEPT */
export async function candidateModel(parts: CandidateParts): Promise<CandidateModel> {
  const { context, settings, state, program, testSet } = parts;
  const artifact = artifactOf(context, settings);
  const { step, output, file } = settings.artifact;
  if (artifact.kind !== 'file')
    throw failure(
      'TG-MODELS-FLAVOR',
      `Cannot run the model "${file}": it is a folder`,
      `Let the output "${output}" of steps.${step} be the model file itself`,
    );
  const { runnable, scan } = await runnableModel(parts, artifact.digest);
  context.progress('reading the model', null);
  const signature = signatureOf(await program.inspect(runnable), {
    model: settings.model,
    metrics: metricsOf(settings),
    label: settings.evaluate.label,
    labels: await labelValues(parts),
    available: testSet.available,
    withheld: testSet.withheld,
  });
  const trained = outcomeThatMade(state, { step: `steps.${step}`, output, digest: artifact.digest });
  if (trained === null) throw notKept(settings.model, step);
  const version: ModelVersion = {
    format: 'tidegate.model-version/1',
    model: settings.model,
    artifact: artifact.digest,
    bytes: artifact.bytes,
    flavor: runnable.flavor,
    file,
    signature,
    trainedBy: trained.key,
    trainedOn: testSet.trainedOn,
  };
  return { digest: (await context.store.putJson(version)).digest, version, runnable, scan };
}

/** What is trained from something that changed meanwhile counts for its run only: nobody could say what the model was made from. */
function notKept(model: string, step: string): Error {
  return failure(
    'TG-MODELS-NOT-KEPT',
    `Cannot judge the model "${model}": an input of steps.${step} changed while it ran, so its result was not kept`,
    'Run again when nothing is edited meanwhile: tidegate run',
  );
}

async function runnableModel(
  { context, settings, python }: CandidateParts,
  artifact: Digest,
): Promise<Pick<CandidateModel, 'runnable' | 'scan'>> {
  const { file } = settings.artifact;
  const folder = join(await context.workspace(), 'model');
  const path = join(folder, file);
  await context.store.checkOut(artifact, path);
  const flavor = flavorOf(file);
  const scan = await requireSafe({ model: settings.model, path, flavor, trust: settings.trust });
  if (settings.python === null || flavor === 'onnx') return { runnable: { path, flavor, python: null }, scan };
  const executable = await python.executable(lockedPython(context, settings.python), folder);
  return { runnable: { path, flavor, python: executable }, scan };
}

/** The project's own Python by its lock. */
export function lockedPython(context: StepContext, { requirements, interpreter }: NonNullable<EvaluateSettings['python']>): LockedPython {
  return { requirements: requirements === null ? null : inputOf(context, requirements).artifact.digest, interpreter };
}

async function labelValues({ engine, settings, testSet }: CandidateParts): Promise<LabelValues> {
  const label = quoteName(settings.evaluate.label);
  const from = `FROM read_parquet(${quoteText(testSet.path)})`;
  const [column] = await engine.describe(`SELECT ${label} ${from}`);
  const isList = column?.type.endsWith('[]') === true;
  const text = isList ? `unnest(CAST(${label} AS VARCHAR[]))` : `nullif(CAST(${label} AS VARCHAR), 'nan')`;
  const rows = await engine.rows(
    `SELECT DISTINCT value FROM (SELECT ${text} AS value ${from}) WHERE value IS NOT NULL LIMIT ${mostClasses + 1}`,
  );
  const isNumeric = !isList && /INT|DOUBLE|FLOAT|DECIMAL/.test(column?.type ?? '');
  return { isNumeric, isList, values: rows.map((row) => String(row['value'])) };
}
