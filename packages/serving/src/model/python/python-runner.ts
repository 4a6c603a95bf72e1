import { failure, type FeatureColumn, type Signature } from '@tidegate/formats';
import { answersOf } from '../answers.ts';
import type { ModelConnection } from '../model-connection.ts';
import type { RunResult } from '../model-runner.ts';
import {
  type Feed,
  type InputTensor,
  type OutputTensor,
  type OutputValues,
  type TensorKind,
  type Value,
  valueList,
  widthOf,
} from '../tensor.ts';
import { type PythonCommand, startPython } from './python-process.ts';

export interface PythonModel extends PythonCommand {
  readonly file: string;
  readonly flavor: 'pickle' | 'function';
  readonly signature: Signature;
}

/** Starts a process of the user's Python with the model in it. @throws TG-SERVING-MODEL */
export async function openPythonConnection({ python, launcher = [], file, flavor, signature }: PythonModel): Promise<ModelConnection> {
  const child = await startPython({ python, launcher }, { file, flavor, task: signature.task, columns: signature.inputs });
  const inputs = signature.inputs.map(inputOf);
  return {
    inputs,
    outputs: outputsOf(signature),
    classes: child.description.classes,
    ended: child.ended,
    close: child.close,
    run: async (feeds) => readAnswer(await child.ask(messageOf(inputs, feeds)), feeds),
  };
}

const kindOfType: Readonly<Partial<Record<FeatureColumn['type'], TensorKind>>> = { number: 'float64', integer: 'int64', boolean: 'bool' };

function inputOf({ name, type }: FeatureColumn): InputTensor {
  return { name, kind: kindOfType[type] ?? 'string', shape: [1], width: 1, nullable: true };
}

function outputsOf({ task, classes }: Signature): readonly OutputTensor[] {
  if (task === 'regression') return [{ name: 'prediction', kind: 'float64', shape: [] }];
  return [
    { name: 'label', kind: 'string', shape: [] },
    { name: 'probabilities', kind: 'float64', shape: [classes.length] },
  ];
}

function messageOf(inputs: readonly InputTensor[], feeds: readonly Feed[]): { rows: number; columns: readonly (readonly Value[])[] } {
  const [first, ...rest] = feeds;
  const rows = feeds.reduce((sum, feed) => sum + feed.rows, 0);
  if (first === undefined || rest.length === 0) return { rows, columns: (first?.values ?? []).map(valueList) };
  return { rows, columns: inputs.map((_, index) => feeds.flatMap((feed) => valueList(feed.values[index] ?? []))) };
}

interface PythonAnswer {
  readonly error?: string;
  readonly ms: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly kind: 'float64' | 'string';
    readonly shape: readonly number[];
    readonly data: readonly Value[];
  }[];
}

function readAnswer(message: unknown, feeds: readonly Feed[]): RunResult {
  const { error, ms, outputs } = message as PythonAnswer;
  if (error !== undefined) throw failure('TG-SERVING-PREDICTION', `Cannot predict: the model says "${error}"`, null);
  const values = outputs.map(({ name, kind, shape, data }): OutputValues => ({
    name,
    kind,
    shape,
    width: widthOf(shape),
    data: kind === 'string' ? data.map(String) : Float64Array.from(data, (value) => (value === null ? Number.NaN : Number(value))),
  }));
  return { answers: answersOf(values, feeds), times: { inferenceMs: ms } };
}
