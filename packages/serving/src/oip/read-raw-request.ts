import { failure } from '@tidegate/formats';
import { collectMistakes } from '../http/mistakes.ts';
import type { InputTensor } from '../model/tensor.ts';
import { binaryValues } from './binary-input.ts';
import { datatypeOf } from './datatype.ts';
import type { InferRequest } from './read-infer-request.ts';

/** Reads bytes that no JSON describes. @throws MistakenRequest, TG-SERVING-SHAPE */
export type RawReader = (bytes: Buffer) => InferRequest;

/**
 * The raw request of the binary tensor extension: the model has one input, the bytes are one row of it, a text without its length, and outputs come as binary tensors.
 */
export function rawReader(inputs: readonly InputTensor[]): RawReader {
  return (bytes) => {
    const [input, ...others] = inputs;
    if (input === undefined || others.length > 0)
      throw refusal(
        `the model has ${inputs.length} inputs, and bytes alone are one`,
        'Send JSON that names the tensors, and its length in "Inference-Header-Content-Length"',
      );
    const mistakes = collectMistakes();
    const values =
      input.kind === 'string'
        ? [bytes.toString('utf8')]
        : binaryValues(bytes, datatypeOf[input.kind], { input, at: 'inputs[0]', mistakes });
    mistakes.refuse();
    if (values === null || values.length !== input.width)
      throw refusal(
        `one row of "${input.name}" has ${input.width} values, found ${values?.length ?? 0}`,
        'Send one row, its values one after another, little-endian',
      );
    return { id: null, feed: { rows: 1, values: [values] }, outputs: null, isBinary: true };
  };
}

function refusal(found: string, hint: string): Error {
  return failure('TG-SERVING-SHAPE', `Cannot use the body: ${found}`, hint);
}
