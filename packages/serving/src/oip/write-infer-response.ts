import { jsonReply, type Reply } from '../http/reply.ts';
import type { Answer, OutputValues } from '../model/tensor.ts';
import { numberText } from '../predict/write-predictions.ts';
import { datatypeOf } from './datatype.ts';
import type { ModelIdentity } from './metadata.ts';
import type { InferRequest } from './read-infer-request.ts';

/**
 * Writes the answer of `POST …/infer`, data flat; outputs that are asked for so follow the JSON as binary tensors. Written by hand: the names are known and the numbers are many.
 *
 * @param isSagemaker whether the length of the JSON is to be told in the content type, since SageMaker strips other headers
 */
export type InferWriter = (request: Omit<InferRequest, 'feed'>, answer: Answer, isSagemaker: boolean) => Reply;

export function inferWriter({ name, version }: ModelIdentity): InferWriter {
  const head = `{"model_name":${JSON.stringify(name)},"model_version":${JSON.stringify(version)},`;
  return ({ id, outputs, isBinary }, answer, isSagemaker) => {
    const all = outputs ?? answer.outputs.map((output) => ({ name: output.name, isBinary: null }));
    const tensors: Uint8Array[] = [];
    let text = id === null ? head : `${head}"id":${JSON.stringify(id)},`;
    text += '"outputs":[';
    for (const [index, wanted] of all.entries()) {
      const output = answer.outputs.find((one) => one.name === wanted.name);
      if (output === undefined) continue;
      const bytes = (wanted.isBinary ?? isBinary) ? bytesOf(output, answer) : null;
      if (bytes !== null) tensors.push(bytes);
      text += `${index === 0 ? '' : ','}${outputText(output, answer, bytes)}`;
    }
    text += ']}';
    return tensors.length === 0 ? jsonReply(text) : binaryReply(Buffer.from(text), tensors, isSagemaker);
  };
}

function binaryReply(json: Buffer, tensors: readonly Uint8Array[], isSagemaker: boolean): Reply {
  const body = Buffer.concat([json, ...tensors]);
  if (isSagemaker) return { status: 200, type: `application/vnd.sagemaker-triton.binary+json;json-header-size=${json.length}`, body };
  return { status: 200, type: 'application/octet-stream', body, headers: ['inference-header-content-length', String(json.length)] };
}

function outputText(output: OutputValues, { from, rows }: Answer, bytes: Uint8Array | null): string {
  const { name, kind, shape, width } = output;
  const head = `{"name":${JSON.stringify(name)},"datatype":"${datatypeOf[kind]}","shape":[${[rows, ...shape].join(',')}],`;
  if (bytes !== null) return `${head}"parameters":{"binary_data_size":${bytes.length}}}`;
  let text = `${head}"data":[`;
  const end = (from + rows) * width;
  for (let index = from * width; index < end; index++) text += `${index === from * width ? '' : ','}${valueText(output, index)}`;
  return `${text}]}`;
}

/** Numbers as they lie in memory, which is little-endian on every processor that Node runs on; a text is its length in four bytes and UTF-8. */
function bytesOf({ data, width }: OutputValues, { from, rows }: Answer): Uint8Array {
  const [start, end] = [from * width, (from + rows) * width];
  if (ArrayBuffer.isView(data)) {
    const own = data.subarray(start, end);
    return new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
  }
  return Buffer.concat(
    data.slice(start, end).map((text) => {
      const utf8 = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(utf8.length);
      return Buffer.concat([length, utf8]);
    }),
  );
}

function valueText({ kind, data }: OutputValues, index: number): string {
  const value = data[index];
  if (typeof value === 'number') return kind === 'bool' ? String(value !== 0) : numberText(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
}
