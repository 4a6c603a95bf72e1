/** One field of a protobuf message: the number and its raw value. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * Walks the fields of one message without a schema. Wire format: protobuf.dev/programming-guides/encoding.
 * @throws RangeError when the bytes are no protobuf message.
 */
export function* fieldsOf(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    const number = Number(tag.value >> 3n);
    const content = contentAt(bytes, tag.next, Number(tag.value & 7n));
    if (number === 0 || content.next > bytes.length) throw new RangeError(`Cannot read protobuf: a field at byte ${at} runs over the end`);
    yield { number, value: content.value };
    at = content.next;
  }
}

/** The whole numbers of a repeated field that came packed into one value or one by one; negative ones as 64-bit two's complement. */
export function wholeNumbers(value: bigint | Uint8Array): readonly bigint[] {
  if (typeof value === 'bigint') return [BigInt.asIntN(64, value)];
  const numbers: bigint[] = [];
  let at = 0;
  while (at < value.length) {
    const read = varintAt(value, at);
    numbers.push(BigInt.asIntN(64, read.value));
    at = read.next;
  }
  return numbers;
}

function contentAt(bytes: Uint8Array, at: number, wireType: number): { value: bigint | Uint8Array; next: number } {
  if (wireType === 0) return varintAt(bytes, at);
  if (wireType === 1) return { value: bytes.subarray(at, at + 8), next: at + 8 };
  if (wireType === 5) return { value: bytes.subarray(at, at + 4), next: at + 4 };
  if (wireType !== 2) throw new RangeError(`Cannot read protobuf: wire type ${wireType} at byte ${at} is unknown`);
  const length = varintAt(bytes, at);
  const end = length.next + Number(length.value);
  return { value: bytes.subarray(length.next, end), next: end };
}

function varintAt(bytes: Uint8Array, start: number): { value: bigint; next: number } {
  let value = 0n;
  for (let at = start, shift = 0n; at < bytes.length && shift < 70n; at++, shift += 7n) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new RangeError(`Cannot read protobuf: a number at byte ${start} does not end`);
}
