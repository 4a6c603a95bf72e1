import { Worker } from 'node:worker_threads';
import { TidegateError } from '@tidegate/formats';
import { answersOf, unpackOutputs } from '../answers.ts';
import { modelDown, type ModelConnection } from '../model-connection.ts';
import type { RunResult } from '../model-runner.ts';
import { pack } from '../pack.ts';
import type { Feed } from '../tensor.ts';
import type { OnnxThreadData, OnnxThreadMessage } from './onnx-thread.ts';

/** The published package holds JavaScript. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './onnx-thread.ts' : './onnx-thread.js', import.meta.url);

/**
 * Starts a worker thread and loads the model in it.
 * @throws TG-SERVING-MODEL, TG-SERVING-MODEL-INPUTS, TG-SERVING-MODEL-OUTPUTS
 */
export async function openOnnxConnection(data: OnnxThreadData): Promise<ModelConnection> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1'; // a thread cannot set it for the native library
  const worker = new Worker(entry, { workerData: data, name: 'onnx' });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      hasEnded = true;
      resolve();
    }),
  );
  worker.on('error', (error) => process.stderr.write(`The thread of the model failed: ${String(error)}\n`));
  const loaded = await nextMessage(worker);
  if (loaded.kind !== 'loaded') throw modelDown('it said something else than that it is loaded');
  const { inputs, outputs, classes } = loaded;
  return {
    inputs,
    outputs,
    classes,
    ended,
    run: async (feeds) => {
      if (hasEnded) throw modelDown('its thread has ended'); // it would never answer
      return runInThread(worker, inputs, feeds);
    },
    close: async () => {
      await worker.terminate();
      await ended;
    },
  };
}

async function runInThread(worker: Worker, inputs: ModelConnection['inputs'], feeds: readonly Feed[]): Promise<RunResult> {
  const packed = pack(inputs, feeds);
  const answered = nextMessage(worker);
  worker.postMessage(packed, [packed.buffer]);
  const message = await answered;
  if (message.kind !== 'answered') throw modelDown('it said something else than an answer');
  return {
    answers: answersOf(unpackOutputs(message.packed, message.rows), feeds),
    times: { inferenceMs: message.packed.inferenceMs },
  };
}

/** One message at a time: the thread answers each before the next is sent. */
function nextMessage(worker: Worker): Promise<Exclude<OnnxThreadMessage, { readonly kind: 'failed' }>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number): void => reject(modelDown(`its thread ended with code ${code}`));
    worker.once('exit', onExit);
    worker.once('message', (message: OnnxThreadMessage) => {
      worker.off('exit', onExit);
      if (message.kind === 'failed') reject(new TidegateError(message.diagnostics));
      else resolve(message);
    });
  });
}
