import { shape } from '@tidegate/formats';
import type { ScanFinding } from './scan-finding.ts';

const headerShape = shape.record(
  shape.object({
    dtype: shape.required(shape.text()),
    shape: shape.required(shape.list(shape.number({ integer: true, minimum: 0 }))),
    data_offsets: shape.required(shape.list(shape.number({ integer: true, minimum: 0 }))),
  }),
);

/** Bits of each type (github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs). */
const bits: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
};

const longestHeader = 100_000_000;

/** What is unsafe about a safetensors file: a header that is not as the format says, and tensors that lie over one another or leave gaps. */
export function scanSafetensors(file: Uint8Array): readonly ScanFinding[] {
  const one = (what: string, where = 'header'): readonly ScanFinding[] => [{ where, what, name: null }];
  if (file.length < 8) return one('is missing');
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader) return one(`has ${length} bytes and at most ${longestHeader} are allowed`);
  if (8 + length > file.length) return one('runs over the end of the file');
  const text = textOf(file.subarray(8, 8 + length));
  if (text === null) return one('is no UTF-8');
  if (!text.startsWith('{')) return one('does not begin with "{"');
  const tensors = tensorsOf(text);
  if (typeof tensors === 'string') return one(tensors);
  return layoutFindings(tensors, file.length - 8 - length);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

interface Tensor {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly bytes: number | null;
}

function tensorsOf(text: string): readonly Tensor[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'is no JSON object';
  // escapes are other spellings of the same name
  const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:\s*\{/g)].map((found) => String(JSON.parse(`"${found[1] ?? ''}"`)));
  if (new Set(names).size !== names.length) return 'names a tensor twice';
  const { __metadata__: metadata, ...rest } = parsed as { readonly [name: string]: unknown };
  if (metadata !== undefined && !isTexts(metadata)) return 'has metadata other than texts';
  const read = shape.parse(headerShape, rest);
  if (!read.ok) return `is not as the format says: ${read.failure[0]?.message ?? ''}`;
  return Object.entries(read.value).map(
    ([
      name,
      {
        dtype,
        shape: sides,
        data_offsets: [from = 0, until = 0],
      },
    ]) => {
      const each = bits[dtype];
      return { name, from, until, bytes: each === undefined ? null : (sides.reduce((product, side) => product * side, 1) * each) / 8 };
    },
  );
}

function isTexts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}

function layoutFindings(tensors: readonly Tensor[], dataBytes: number): readonly ScanFinding[] {
  const findings: ScanFinding[] = [];
  const add = (name: string, what: string): void => void findings.push({ where: `tensor "${name}"`, what, name: null });
  let until = 0;
  for (const tensor of tensors.toSorted((a, b) => a.from - b.from || a.until - b.until)) {
    if (tensor.bytes === null) add(tensor.name, 'has a type that is not known');
    else if (tensor.bytes !== tensor.until - tensor.from) add(tensor.name, 'has another length than its shape and type say');
    if (tensor.from < until) add(tensor.name, 'lies over another one');
    else if (tensor.from > until) add(tensor.name, 'leaves a gap before it');
    until = Math.max(until, tensor.until);
  }
  if (until !== dataBytes) findings.push({ where: 'file', what: `has ${dataBytes} bytes of data and its tensors ${until}`, name: null });
  return findings;
}
