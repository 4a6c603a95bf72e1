import type { Flavor, Signature } from '@tidegate/formats';
import { type KeepOptions, keepConnected } from './model-connection.ts';
import type { ModelRunner } from './model-runner.ts';
import { openOnnxConnection } from './onnx/onnx-runner.ts';
import { openPythonConnection } from './python/python-runner.ts';

export interface ModelFile {
  readonly file: string;
  readonly flavor: Flavor;
  readonly signature: Signature;
  /** Interpreter for what is not ONNX. */
  readonly python: string;
  /** What stands before the interpreter on its command line: a sandbox. Default: nothing. */
  readonly launcher?: readonly string[];
  /** Threads within one run, for ONNX. */
  readonly threads: number;
}

/** Loads a model in a thread or process of its own. @throws TG-SERVING-MODEL, TG-SERVING-MODEL-INPUTS, TG-SERVING-MODEL-OUTPUTS */
export function openRunner(model: ModelFile, options: KeepOptions): Promise<ModelRunner> {
  const { file, flavor, signature, python, launcher = [], threads } = model;
  if (flavor === 'onnx') return keepConnected(() => openOnnxConnection({ file, threads, columns: signature.inputs.length }), options);
  return keepConnected(() => openPythonConnection({ python, launcher, file, flavor, signature }), options);
}
