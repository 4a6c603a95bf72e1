import { failure } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import type { Mistake, Mistakes } from '../http/mistakes.ts';
import type { InputTensor, InputValues, Value } from '../model/tensor.ts';

/** The parts of a body that follow its JSON, by the position of the tensor in `inputs`. */
export type BinaryParts = ReadonlyMap<number, Buffer>;

const noParts: BinaryParts = new Map();

/**
 * Cuts what follows the JSON into the tensors that name a `binary_data_size`, in their order.
 *
 * @param binary null where nothing follows @throws TG-SERVING-SHAPE when they name more or fewer bytes than there are
 */
export function binaryParts(body: JsonMembers, binary: Buffer | null): BinaryParts {
  const given = Array.isArray(body['inputs']) ? (body['inputs'] as readonly unknown[]) : [];
  const parts = new Map<number, Buffer>();
  let at = 0;
  for (const [position, tensor] of given.entries()) {
    const size = isObject(tensor) && isObject(tensor['parameters']) ? tensor['parameters']['binary_data_size'] : undefined;
    if (size === undefined) continue;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw unfit(`"inputs[${position}].parameters.binary_data_size" must be a number of bytes: found ${nameOf(size)}`);
    const end = at + size;
    if (end > (binary?.length ?? 0)) throw unfit(`its tensors name ${end} bytes and more, ${binary?.length ?? 0} follow the JSON`);
    parts.set(position, (binary ?? Buffer.alloc(0)).subarray(at, end));
    at = end;
  }
  if (binary !== null && at < binary.length) throw unfit(`${binary.length - at} bytes follow the last tensor`);
  return parts.size === 0 ? noParts : parts;
}

function unfit(found: string): Error {
  return failure(
    'TG-SERVING-SHAPE',
    `Cannot use the body: ${found}`,
    'Name the bytes of each binary tensor in "binary_data_size", and the bytes of the JSON in "Inference-Header-Content-Length"',
  );
}

/** Bytes of one value. */
const sizes: { readonly [datatype: string]: number } = { BOOL: 1, INT32: 4, INT64: 8, FP32: 4, FP64: 8 };

/**
 * The values of a binary tensor: in memory as they came when its datatype is that of the input, else one by one. Numbers are little-endian, a text is its length in four bytes and UTF-8 (the same extension). Null after a mistake: TG-SERVING-SHAPE,
 * TG-SERVING-TYPE.
 */
export function binaryValues(
  part: Buffer,
  datatype: string,
  { input, at, mistakes }: { readonly input: InputTensor; readonly at: string; readonly mistakes: Mistakes },
): InputValues | null {
  if (datatype === 'BYTES') return texts(part, { name: input.name, at, mistakes });
  const size = sizes[datatype] ?? 1;
  if (part.length % size !== 0) {
    mistakes.add(() => uneven(input.name, { at, bytes: part.length, size, datatype }));
    return null;
  }
  const aligned = new Uint8Array(part.length); // at a place of its own, since views must begin at a multiple of their size
  aligned.set(part);
  const { buffer } = aligned;
  if (datatype === 'BOOL') return input.kind === 'bool' ? aligned : Array.from(aligned, (value) => value !== 0);
  if (datatype === 'FP32') return own(new Float32Array(buffer), input.kind === 'float32');
  if (datatype === 'FP64') return own(new Float64Array(buffer), input.kind === 'float64');
  if (datatype === 'INT32') return own(new Int32Array(buffer), input.kind === 'int32');
  const whole = new BigInt64Array(buffer);
  return input.kind === 'int64' ? whole : Array.from(whole, Number);
}

function own<T extends Float32Array | Float64Array | Int32Array>(values: T, fits: boolean): InputValues {
  return fits ? values : Array.from(values, (value): Value => (Number.isNaN(value) ? null : value));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function texts(
  part: Buffer,
  { name, at, mistakes }: { readonly name: string; readonly at: string; readonly mistakes: Mistakes },
): readonly string[] | null {
  const found: string[] = [];
  for (let from = 0; from < part.length;) {
    const end = from + 4 <= part.length ? from + 4 + part.readUInt32LE(from) : Number.POSITIVE_INFINITY;
    const text = end <= part.length ? decoded(part.subarray(from + 4, end)) : null;
    if (text === null) {
      const message = `Cannot use the input "${name}": its text ${found.length} ${end > part.length ? 'is longer than the tensor' : 'is not UTF-8'}`;
      mistakes.add(() => ({
        at,
        code: 'TG-SERVING-TYPE',
        message,
        hint: 'Send each text as its length in four bytes, little-endian, and its UTF-8',
      }));
      return null;
    }
    found.push(text);
    from = end;
  }
  return found;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function uneven(
  name: string,
  { at, bytes, size, datatype }: { readonly at: string; readonly bytes: number; readonly size: number; readonly datatype: string },
): Mistake {
  const message = `Cannot use the input "${name}": ${bytes} bytes are no whole number of ${datatype}, which have ${size}`;
  return { at, code: 'TG-SERVING-SHAPE', message, hint: 'Send the values one after another, little-endian' };
}
