/** The kinds of tensor values a model may take or give; the names are those of ONNX Runtime. */
export type TensorKind = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';

/** One input of a model. The first dimension is always the rows. */
export interface InputTensor {
  readonly name: string;
  readonly kind: TensorKind;
  /** Dimensions after the first; empty for a tensor of rank 1. */
  readonly shape: readonly number[];
  /** Values in one row: the product of `shape`. */
  readonly width: number;
  /** Whether null is a value: NaN for floats, the empty text for texts in ONNX, `None` in Python. */
  readonly nullable: boolean;
}

/** One output of a model as declared; -1 stands for a dimension that is only known after a run. */
export interface OutputTensor {
  readonly name: string;
  readonly kind: TensorKind;
  readonly shape: readonly number[];
}

/** One value of a request. Texts may hold the digits of a whole number beyond 2^53 where an int64 is wanted. */
export type Value = null | boolean | number | string;

/** Numbers of one kind as they lie in memory; booleans are bytes. */
export type NumberData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** The values of one input: as JSON gives them, or as binary tensors do, in the kind of the input. */
export type InputValues = readonly Value[] | NumberData;

/** The values of some rows, one array per input in the model's order, each row-major and `rows * width` long. */
export interface Feed {
  readonly rows: number;
  readonly values: readonly InputValues[];
}

export type TensorData = NumberData | readonly string[];

/** As a list of single values: a whole number beyond 2^53 as the text of its digits. */
export function valueList(values: InputValues): readonly Value[] {
  if (!ArrayBuffer.isView(values)) return values;
  if (values instanceof BigInt64Array)
    return Array.from(values, (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)));
  if (values instanceof Uint8Array) return Array.from(values, (value) => value !== 0);
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}

/** One output of a run over the rows of one or several requests, row-major. */
export interface OutputValues {
  readonly name: string;
  readonly kind: TensorKind;
  /** Dimensions after the first. */
  readonly shape: readonly number[];
  readonly width: number;
  readonly data: TensorData;
}

/** What a model answered to one feed: the rows `from` to `from + rows` of outputs that other requests may share. */
export interface Answer {
  readonly from: number;
  readonly rows: number;
  readonly outputs: readonly OutputValues[];
}

/** Values in one row of a shape without its first dimension. */
export function widthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
