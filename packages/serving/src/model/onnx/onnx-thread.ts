// The entry of a worker thread: opens one model and answers one message of packed rows after another.
import { parentPort, workerData } from 'node:worker_threads';
import { type Diagnostic, invariant, TidegateError } from '@tidegate/formats';
import type { Packed } from '../pack.ts';
import type { InputTensor, OutputTensor } from '../tensor.ts';
import { type OnnxInputs, settleInputs } from './onnx-inputs.ts';
import { type OnnxModel, openOnnxModel } from './onnx-model.ts';
import { type PackedOutputs, runOnnx } from './onnx-run.ts';

/** What the thread is given at its start. */
export interface OnnxThreadData {
  readonly file: string;
  readonly threads: number;
  /** Columns of the signature. */
  readonly columns: number;
}

/** What the thread says: `loaded` or `failed` once, then one `answered` or `failed` for each message. */
export type OnnxThreadMessage =
  | {
      readonly kind: 'loaded';
      readonly inputs: readonly InputTensor[];
      readonly outputs: readonly OutputTensor[];
      readonly classes: readonly string[] | null;
    }
  | { readonly kind: 'answered'; readonly rows: number; readonly packed: PackedOutputs }
  | { readonly kind: 'failed'; readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]] };

const port = parentPort;
invariant(port !== null, 'onnx-thread.ts is the entry of a worker thread');
const data: OnnxThreadData = workerData;

try {
  const model = await openOnnxModel(data.file, data.threads);
  const settled = settleInputs(model.inputs, data.columns);
  port.on('message', (packed: Packed) => void answer(model, settled, packed));
  port.postMessage({
    kind: 'loaded',
    inputs: settled.inputs,
    outputs: model.outputs.map(outputOf),
    classes: model.classes,
  } satisfies OnnxThreadMessage);
} catch (error) {
  reportFailure(error);
}

async function answer(model: OnnxModel, settled: OnnxInputs, packed: Packed): Promise<void> {
  try {
    const outputs = await runOnnx(model, settled, packed);
    port?.postMessage({ kind: 'answered', rows: packed.rows, packed: outputs } satisfies OnnxThreadMessage, [outputs.buffer]);
  } catch (error) {
    reportFailure(error);
  }
}

/** A bug ends the thread: its runner sees that and says so. */
function reportFailure(error: unknown): void {
  if (!(error instanceof TidegateError)) throw error;
  port?.postMessage({ kind: 'failed', diagnostics: error.diagnostics } satisfies OnnxThreadMessage);
}

function outputOf(output: OnnxModel['outputs'][number]): OutputTensor {
  return { name: output.name, kind: output.kind, shape: output.dimensions.slice(1).map((size) => size ?? -1) };
}
