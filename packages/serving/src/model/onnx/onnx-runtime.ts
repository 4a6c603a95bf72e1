import type { InferenceSession, Tensor } from 'onnxruntime-node';

export interface OnnxRuntime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/**
 * Loads ONNX Runtime with its telemetry off: its official builds send some by default, and look at the variable when the
 * native library is loaded. The only place that loads it.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  return { InferenceSession, Tensor };
}
