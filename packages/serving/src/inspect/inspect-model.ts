import type { Flavor, LogicalType, Task } from '@tidegate/formats';
import { openOnnxModel, isLabel, type DeclaredTensor, type OnnxModel } from '../model/onnx/onnx-model.ts';
import { settleInputs } from '../model/onnx/onnx-inputs.ts';
import { startPython } from '../model/python/python-process.ts';
import type { TensorKind } from '../model/tensor.ts';

/** What can be told of a model from its file. */
export interface Inspection {
  /** Names and, where the model knows them, types of its columns; null when it takes them by position. */
  readonly inputs: readonly { readonly name: string; readonly type: LogicalType | null }[] | null;
  readonly task: Task | null;
  /** In the order of the probabilities; empty when there are none or the model does not say. */
  readonly classes: readonly string[];
}

export interface InspectOptions {
  readonly file: string;
  readonly flavor: Flavor;
  readonly python: string;
  /** What stands before the interpreter on its command line: a sandbox. Default: nothing. */
  readonly launcher?: readonly string[];
}

/** Loads the model and says what it is. A pickle is loaded in the user's Python only. @throws TG-SERVING-MODEL, -INPUTS, -OUTPUTS */
export async function inspectModel({ file, flavor, python, launcher = [] }: InspectOptions): Promise<Inspection> {
  if (flavor === 'onnx') return inspectOnnx(await openOnnxModel(file, 1));
  const child = await startPython({ python, launcher }, { file, flavor, task: null, columns: [] });
  await child.close();
  const { inputs, task, classes } = child.description;
  return { inputs: inputs === null ? null : inputs.map((name) => ({ name, type: null })), task, classes: classes ?? [] };
}

function inspectOnnx({ inputs, outputs, classes }: OnnxModel): Inspection {
  settleInputs(inputs, 1); // what no row of columns can be put into is told now
  const byColumn = inputs.every((input) => widthOfRow(input) === 1);
  return {
    inputs: byColumn ? inputs.map(({ name, kind }) => ({ name, type: typeOfKind[kind] })) : null,
    task: taskOf(outputs, classes),
    classes: classes ?? [],
  };
}

const typeOfKind: Readonly<Record<TensorKind, LogicalType>> = {
  float32: 'number',
  float64: 'number',
  int64: 'integer',
  int32: 'integer',
  bool: 'boolean',
  string: 'string',
};

/** Null when the file leaves it open. */
function widthOfRow({ dimensions }: DeclaredTensor): number | null {
  return dimensions.slice(1).reduce<number | null>((product, size) => (product === null || size === null ? null : product * size), 1);
}

/** A label beside probabilities makes a classifier, one number a row a regression; anything else the file does not say. */
function taskOf(outputs: readonly DeclaredTensor[], classes: readonly string[] | null): Task | null {
  const count = classes?.length ?? null;
  if (outputs.some(isLabel)) return count === null ? null : count === 2 ? 'binary' : 'multiclass';
  const [only] = outputs;
  return outputs.length === 1 && only !== undefined && widthOfRow(only) === 1 ? 'regression' : null;
}
