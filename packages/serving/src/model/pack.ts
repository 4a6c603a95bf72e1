import { layoutOf, viewOf } from './layout.ts';
import { type Feed, type InputTensor, type NumberData, type Value, valueList } from './tensor.ts';

/** The rows of several requests as one message: numbers in one buffer, which is handed over and not copied, texts as lists. */
export interface Packed {
  readonly rows: number;
  readonly buffer: ArrayBuffer;
  /** One list for each text tensor, in the order of the inputs. */
  readonly texts: readonly (readonly string[])[];
}

/** Nothing is checked here: the values of a request were, when it was read. */
export function pack(inputs: readonly InputTensor[], feeds: readonly Feed[]): Packed {
  let rows = 0;
  for (const feed of feeds) rows += feed.rows;
  const { offsets, bytes } = layoutOf(inputs, rows);
  const buffer = new ArrayBuffer(bytes);
  const texts: string[][] = [];
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index];
    if (input === undefined) continue;
    if (input.kind === 'string') texts.push(joinTexts(feeds, index));
    else fill(viewOf(input.kind, buffer, { offset: offsets[index] ?? 0, length: rows * input.width }), feeds, index);
  }
  return { rows, buffer, texts };
}

/** A missing text is the empty text: ONNX has no other, and conversion by skl2onnx trains on the same. */
function joinTexts(feeds: readonly Feed[], index: number): string[] {
  const texts: string[] = [];
  for (const feed of feeds) for (const value of valueList(feed.values[index] ?? [])) texts.push(value === null ? '' : String(value));
  return texts;
}

function fill(view: NumberData, feeds: readonly Feed[], index: number): void {
  let at = 0;
  for (const feed of feeds) {
    const values = feed.values[index] ?? [];
    if (ArrayBuffer.isView(values)) at += copied(view, values, at);
    else if (view instanceof BigInt64Array) for (let i = 0; i < values.length; i++) view[at++] = BigInt(values[i] ?? 0);
    else for (let i = 0; i < values.length; i++) view[at++] = numberOf(values[i]);
  }
}

/** Binary tensors have the kind of the input. @returns how many values were copied */
function copied(view: NumberData, values: NumberData, at: number): number {
  if (view instanceof BigInt64Array) view.set(values instanceof BigInt64Array ? values : [], at);
  else if (!(values instanceof BigInt64Array)) view.set(values, at);
  return values.length;
}

function numberOf(value: Value | undefined): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}
