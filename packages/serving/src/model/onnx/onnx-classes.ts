import { fieldsOf, wholeNumbers } from '@tidegate/formats';

// Field numbers of onnx.proto (github.com/onnx/onnx/blob/main/onnx/onnx.proto)
const graphOfModel = 7;
const graph = { node: 1, initializer: 5 } as const;
const attributeOfNode = 5;
const attribute = { name: 1, ints: 8, strings: 9 } as const;
const tensor = { int32s: 5, strings: 6, int64s: 7, name: 8, raw: 9 } as const;

const utf8 = new TextDecoder();

/**
 * The names of a classifier's classes in the order of its probabilities, which ONNX Runtime does not tell: out of the
 * `classes` constant that converters write for composed models, or the `classlabels_…` attribute of the last classifier node.
 *
 * @param count how many classes the model has, when its output says so; lists of another length are left out.
 * @returns null when the model names none.
 */
export function classesOfOnnx(model: Uint8Array, count: number | null): readonly string[] | null {
  let fromNode: readonly string[] | null = null;
  let fromConstant: readonly string[] | null = null;
  const fits = (names: readonly string[]): boolean => names.length > 1 && (count === null || names.length === count);
  for (const part of fieldsOf(messageOf(model, graphOfModel))) {
    if (typeof part.value === 'bigint') continue;
    if (part.number === graph.node) {
      const names = classesOfNode(part.value);
      if (fits(names)) fromNode = names;
    } else if (part.number === graph.initializer) {
      const names = classesOfConstant(part.value);
      if (fits(names)) fromConstant = names;
    }
  }
  return fromConstant ?? fromNode;
}

function messageOf(bytes: Uint8Array, number: number): Uint8Array {
  for (const field of fieldsOf(bytes)) if (field.number === number && typeof field.value !== 'bigint') return field.value;
  return new Uint8Array();
}

function classesOfNode(node: Uint8Array): readonly string[] {
  for (const field of fieldsOf(node)) {
    if (field.number !== attributeOfNode || typeof field.value === 'bigint') continue;
    if (!textOf(field.value, attribute.name).startsWith('classlabels_')) continue;
    const names: string[] = [];
    for (const { number, value } of fieldsOf(field.value)) {
      if (number === attribute.ints) names.push(...wholeNumbers(value).map(String));
      else if (number === attribute.strings && typeof value !== 'bigint') names.push(utf8.decode(value));
    }
    if (names.length > 0) return names;
  }
  return [];
}

function classesOfConstant(constant: Uint8Array): readonly string[] {
  if (!/^classes\d*$/.test(textOf(constant, tensor.name))) return [];
  const names: string[] = [];
  for (const { number, value } of fieldsOf(constant)) {
    if (number === tensor.int64s || number === tensor.int32s) names.push(...wholeNumbers(value).map(String));
    else if (number === tensor.strings && typeof value !== 'bigint') names.push(utf8.decode(value));
    else if (number === tensor.raw && typeof value !== 'bigint' && value.length % 8 === 0)
      names.push(...Array.from(new BigInt64Array(value.slice().buffer), String));
  }
  return names;
}

function textOf(message: Uint8Array, number: number): string {
  return utf8.decode(messageOf(message, number));
}
