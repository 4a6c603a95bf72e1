import { type JsonMembers, nameOf } from '../http/json-body.ts';
import { collectMistakes, type Mistakes } from '../http/mistakes.ts';
import type { Feed, InputTensor } from '../model/tensor.ts';
import { tooManyRows } from '../predict/read-rows.ts';
import { binaryParts } from './binary-input.ts';
import { findTensors, type GivenTensor } from './find-tensors.ts';
import { readOutputs, type WantedOutput, wantsBinary } from './read-outputs.ts';
import { tensorReader } from './read-tensor.ts';
import { checkParameters } from './parameters.ts';

/** A request of `POST …/infer`, checked. */
export interface InferRequest {
  /** Echoed in the answer; absent when the caller sent none. */
  readonly id: string | null;
  readonly feed: Feed;
  /** Outputs asked for, in their order; null = all. */
  readonly outputs: readonly WantedOutput[] | null;
  /** Whether outputs of which nothing else is said come as binary tensors. */
  readonly isBinary: boolean;
}

/**
 * Reads the body of an inference request, and the binary tensors that follow it. @throws MistakenRequest with everything that is wrong with it (TG-SERVING-BODY,
 * -FIELD-UNKNOWN, -FIELD-MISSING, -TYPE, -NULL, -RANGE, -SHAPE), or before that TG-SERVING-ROW-LIMIT
 */
export type InferReader = (body: JsonMembers, binary: Buffer | null) => InferRequest;

interface Limits {
  readonly outputs: readonly string[];
  readonly rowLimit: number;
}

export function inferReader(inputs: readonly InputTensor[], { outputs, rowLimit }: Limits): InferReader {
  const readers = inputs.map(tensorReader);
  const names = inputs.map((input) => input.name);
  return (body, binary) => {
    const parts = binaryParts(body, binary);
    const mistakes = collectMistakes();
    checkParameters(body['parameters'], 'parameters', mistakes);
    const id = readId(body['id'], mistakes);
    const wanted = readOutputs(body['outputs'], outputs, mistakes);
    const tensors = findTensors(body, { names, parts }, mistakes);
    const rows = rowsOf(tensors);
    if (rows > rowLimit) throw tooManyRows(rows, rowLimit);
    const values = readers.map((read, index) => {
      const given = tensors[index];
      return given === undefined ? [] : read(given, rows, mistakes);
    });
    mistakes.refuse();
    return { id, feed: { rows, values }, outputs: wanted, isBinary: wantsBinary(body['parameters'], 'binary_data_output') };
  };
}

/** What the first shape that says a number of rows says; those that say another are mistakes. */
function rowsOf(tensors: readonly (GivenTensor | undefined)[]): number {
  for (const given of tensors) {
    const shape = given?.tensor['shape'];
    const rows: unknown = Array.isArray(shape) ? shape[0] : undefined;
    if (typeof rows === 'number' && Number.isInteger(rows) && rows >= 1) return rows;
  }
  return 1;
}

function readId(id: unknown, mistakes: Mistakes): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id === 'string') return id;
  const message = `Cannot use the body: "id" must be a text: found ${nameOf(id)}`;
  mistakes.add(() => ({ at: 'id', code: 'TG-SERVING-TYPE', message, hint: 'Send the id as a text' }));
  return null;
}
