import { type FeatureServiceSpec, failure, shortDigest } from '@tidegate/formats';
import { type OnlineStore, openSqliteOnlineStore } from '@tidegate/runtime';
import { bindInputs, type InputBinding } from '../model/bind-inputs.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import { openRunner } from '../model/open-runner.ts';
import { readPredictions } from '../model/read-predictions.ts';
import type { Value } from '../model/tensor.ts';
import { modelMetadata, type ModelIdentity } from '../oip/metadata.ts';
import { type InferReader, inferReader } from '../oip/read-infer-request.ts';
import { type RawReader, rawReader } from '../oip/read-raw-request.ts';
import { type InferWriter, inferWriter } from '../oip/write-infer-response.ts';
import { type ValueWriter, valueWriter } from '../invocations/write-values.ts';
import { type CellGatherer, cellGatherer, fieldsOf } from '../predict/feature-cells.ts';
import { type RowField, type RowReader, rowReader } from '../predict/read-rows.ts';
import { type PredictionWriter, predictionWriter } from '../predict/write-predictions.ts';
import { freshnessReader, type ViewFreshness } from './freshness.ts';
import type { Release } from './release.ts';

export interface ServiceOptions {
  readonly release: Release;
  readonly python: string;
  /** Threads or processes with a copy of the model each. */
  readonly workers: number;
  /** The online store's file; null when the release looks nothing up. */
  readonly online: string | null;
  readonly rowLimit: number;
  readonly onRestart: () => void;
  readonly log: (text: string) => void;
}

/** A loaded and warmed-up release: everything that answering a request needs. */
export interface ModelService {
  readonly runners: readonly ModelRunner[];
  readonly binding: InputBinding;
  /** What a caller of the rows endpoint sends. */
  readonly fields: readonly RowField[];
  readonly metadata: string;
  readonly readInfer: InferReader;
  /** Bytes without JSON: one row of the only input, as binary tensors have it. */
  readonly readRaw: RawReader;
  readonly writeInfer: InferWriter;
  readonly readRows: RowReader;
  readonly gather: CellGatherer;
  /** How fresh what is looked up is. */
  readonly freshness: () => Promise<readonly ViewFreshness[]>;
  readonly writePredictions: PredictionWriter;
  /** As the `predict` of other servers has it. */
  readonly writeValues: ValueWriter;
  readonly rowLimit: number;
  readonly close: () => Promise<void>;
}

const runLimitMs = 60_000;

/** @throws TG-SERVING-MODEL, TG-SERVING-MODEL-INPUTS, TG-SERVING-MODEL-OUTPUTS, TG-SERVING-FEATURES */
export async function openService(options: ServiceOptions): Promise<ModelService> {
  const { release, rowLimit } = options;
  const { signature } = release.model;
  const runners = await openRunners(options);
  const { inputs, outputs } = firstOf(runners);
  const binding = bindInputs(signature.inputs, inputs);
  await Promise.all(runners.map((runner) => warmUp(runner, binding, options)));
  const identity = identityOf(release);
  const fields = fieldsOf(binding.columns, release.features);
  const store = openStore(release.features, options.online);
  return {
    runners,
    binding,
    fields,
    metadata: modelMetadata(identity, inputs, outputs),
    readInfer: inferReader(inputs, { outputs: outputs.map((output) => output.name), rowLimit }),
    readRaw: rawReader(inputs),
    writeInfer: inferWriter(identity),
    readRows: rowReader(fields, rowLimit),
    gather: cellGatherer(
      binding.columns,
      fields,
      store !== null && release.features !== null ? { store, features: release.features } : null,
    ),
    freshness: freshnessReader(store, release.features),
    writePredictions: predictionWriter(signature, { release: release.digest, model: release.model.name }),
    writeValues: valueWriter(signature),
    rowLimit,
    close: async () => {
      await Promise.all(runners.map((runner) => runner.close()));
      store?.close();
    },
  };
}

export function identityOf({ model }: Release): ModelIdentity {
  const platform = model.flavor === 'onnx' ? 'onnxruntime_onnx' : `python_${model.flavor}`;
  return { name: model.name, version: shortDigest(model.version), platform };
}

function openRunners({ release, python, workers, onRestart }: ServiceOptions): Promise<readonly ModelRunner[]> {
  const { file, model } = release;
  const open = (): Promise<ModelRunner> =>
    openRunner({ file, flavor: model.flavor, signature: model.signature, python, threads: 1 }, { onRestart, runLimitMs });
  return Promise.all(Array.from({ length: workers }, open));
}

function firstOf(runners: readonly ModelRunner[]): ModelRunner {
  const [first] = runners;
  if (first === undefined) throw new Error('Cannot serve without a worker; please report this');
  return first;
}

/**
 * One prediction before the first request, so that this is not the one to wait for memory and code. A model may refuse values
 * that are made up (a category it does not know); that is noted and no reason not to serve.
 */
async function warmUp(runner: ModelRunner, binding: InputBinding, { release, log }: ServiceOptions): Promise<void> {
  try {
    const { answers } = await runner.run([binding.feed(binding.columns.map(madeUp), 1)]);
    const [answer] = answers;
    if (answer !== undefined) readPredictions(release.model.signature, answer);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('TG-SERVING-PREDICTION'))) throw error;
    log(`The model refused the values of the warm-up: ${error.message}`);
  }
}

function madeUp({ kind }: { readonly kind: string }): readonly Value[] {
  return [kind === 'string' ? '' : kind === 'bool' ? false : 0];
}

function openStore(features: FeatureServiceSpec | null, file: string | null): OnlineStore | null {
  if (features === null || features.views.length === 0) return null;
  if (file === null)
    throw failure(
      'TG-SERVING-FEATURES',
      `Cannot look up the features of "${features.name}": no online store is given`,
      'Start it with "--online FILE"',
    );
  return openSqliteOnlineStore(file);
}
