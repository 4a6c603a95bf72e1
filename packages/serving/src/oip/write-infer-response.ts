import type { Answer, OutputValues } from '../model/tensor.ts';
import { numberText } from '../predict/write-predictions.ts';
import { datatypeOf } from './datatype.ts';
import type { ModelIdentity } from './metadata.ts';
import type { InferRequest } from './read-infer-request.ts';

/** Writes the answer of `POST …/infer`, data flat. Written by hand: the names are known and the numbers are many. */
export type InferWriter = (request: InferRequest, answer: Answer) => string;

export function inferWriter({ name, version }: ModelIdentity): InferWriter {
  const head = `{"model_name":${JSON.stringify(name)},"model_version":${JSON.stringify(version)},`;
  return ({ id, outputs }, answer) => {
    const wanted = outputs === null ? answer.outputs : outputs.flatMap((one) => answer.outputs.find((output) => output.name === one) ?? []);
    let text = id === null ? head : `${head}"id":${JSON.stringify(id)},`;
    text += '"outputs":[';
    wanted.forEach((output, index) => {
      text += `${index === 0 ? '' : ','}${outputText(output, answer)}`;
    });
    return `${text}]}`;
  };
}

function outputText(output: OutputValues, { from, rows }: Answer): string {
  const { name, kind, shape, width } = output;
  let text = `{"name":${JSON.stringify(name)},"datatype":"${datatypeOf[kind]}","shape":[${[rows, ...shape].join(',')}],"data":[`;
  const end = (from + rows) * width;
  for (let index = from * width; index < end; index++) text += `${index === from * width ? '' : ','}${valueText(output, index)}`;
  return `${text}]}`;
}

function valueText({ kind, data }: OutputValues, index: number): string {
  const value = data[index];
  if (typeof value === 'number') return kind === 'bool' ? String(value !== 0) : numberText(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
}
