import { failure, nearest } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import { type ValueCheck, valueCheck, valueFailure, type ValueRule } from '../http/value-check.ts';
import type { Feed, InputTensor, Value } from '../model/tensor.ts';
import { tooManyRows } from '../predict/read-rows.ts';
import { takenBy, typeOfKind } from './datatype.ts';
import { flatData } from './flat-data.ts';
import { refuseBinary, refuseParameters } from './refusals.ts';

/** A request of `POST …/infer`, checked. */
export interface InferRequest {
  /** Echoed in the answer; absent when the caller sent none. */
  readonly id: string | null;
  readonly feed: Feed;
  /** Outputs asked for, in their order; null = all. */
  readonly outputs: readonly string[] | null;
}

/** Throws for the first thing that is wrong: TG-SERVING-BODY, -FIELD-UNKNOWN, -FIELD-MISSING, -TYPE, -NULL, -RANGE, -SHAPE, -ROW-LIMIT, -MEDIA. */
export type InferReader = (body: JsonMembers) => InferRequest;

interface Limits {
  readonly outputs: readonly string[];
  readonly rowLimit: number;
}

export function inferReader(inputs: readonly InputTensor[], { outputs, rowLimit }: Limits): InferReader {
  const checked = inputs.map((input): CheckedInput => {
    const rule: ValueRule = { type: typeOfKind[input.kind], kind: input.kind, nullable: input.nullable };
    return { input, rule, check: valueCheck(rule) };
  });
  const names = inputs.map((input) => input.name);
  return (body) => {
    refuseParameters(body['parameters']);
    const tensors = tensorsOf(body, names);
    const rows = rowsOf(tensors[0], checked[0]);
    if (rows > rowLimit) throw tooManyRows(rows, rowLimit);
    const values = tensors.map((tensor, index) => valuesOf(tensor, checked[index], rows));
    return { id: idOf(body['id']), feed: { rows, values }, outputs: outputsOf(body['outputs'], outputs) };
  };
}

interface CheckedInput {
  readonly input: InputTensor;
  readonly rule: ValueRule;
  readonly check: ValueCheck;
}

/** The tensors of the request in the order of the model's inputs. */
function tensorsOf(body: JsonMembers, names: readonly string[]): readonly JsonMembers[] {
  const given: unknown = Object.hasOwn(body, 'inputs') ? body['inputs'] : undefined;
  if (!Array.isArray(given))
    throw failure(
      'TG-SERVING-BODY',
      `Cannot use the body: "inputs" must be a list: found ${nameOf(given)}`,
      'Send {"inputs": [{"name", "shape", "datatype", "data"}]}',
    );
  const tensors = names.map((): JsonMembers | undefined => undefined);
  for (let position = 0; position < given.length; position++) {
    const tensor: unknown = given[position];
    const name = isObject(tensor) ? tensor['name'] : undefined;
    if (!isObject(tensor) || typeof name !== 'string')
      throw failure('TG-SERVING-BODY', `Cannot use the body: input ${position} has no name`, 'Send each input as an object with a name');
    const index = names[position] === name ? position : names.indexOf(name); // most callers keep the model's order
    if (index < 0) throw unknown('input', name, names);
    if (tensors[index] !== undefined)
      throw failure('TG-SERVING-BODY', `Cannot use the body: the input "${name}" is there twice`, 'Send each input once');
    tensors[index] = tensor;
  }
  return names.map((name, index) => {
    const tensor = tensors[index];
    if (tensor === undefined)
      throw failure(
        'TG-SERVING-FIELD-MISSING',
        `Cannot use the body: the input "${name}" is missing`,
        `The model takes ${names.join(', ')}`,
      );
    return tensor;
  });
}

function unknown(part: 'input' | 'output', name: string, names: readonly string[]): Error {
  const near = nearest(name, names);
  const hint = near === null ? `The model has ${names.join(', ')}` : `Did you mean "${near}"?`;
  return failure('TG-SERVING-FIELD-UNKNOWN', `Cannot use the body: the model has no ${part} ${JSON.stringify(name.slice(0, 100))}`, hint);
}

function rowsOf(tensor: JsonMembers | undefined, checked: CheckedInput | undefined): number {
  const shape = tensor?.['shape'];
  const rows: unknown = Array.isArray(shape) ? shape[0] : undefined;
  if (typeof rows === 'number' && Number.isInteger(rows) && rows >= 1) return rows;
  throw wrongShape(checked?.input, shape, 1);
}

function valuesOf(tensor: JsonMembers, checked: CheckedInput | undefined, rows: number): readonly Value[] {
  if (checked === undefined) return [];
  const { input, rule, check } = checked;
  if (!shapeFits(tensor['shape'], input, rows)) throw wrongShape(input, tensor['shape'], rows);
  const datatype = tensor['datatype'];
  if (typeof datatype !== 'string' || !takenBy[input.kind].includes(datatype)) throw wrongDatatype(input, datatype);
  if (tensor['data'] === undefined) refuseBinary(tensor, input.name);
  const data = flatData(tensor['data'], input, rows);
  for (let index = 0; index < data.length; index++)
    if (!check(data[index])) throw valueFailure(rule, data[index], { place: `value ${index} of the input`, name: input.name });
  return data;
}

function shapeFits(shape: unknown, input: InputTensor, rows: number): boolean {
  if (!Array.isArray(shape) || shape[0] !== rows) return false;
  if (shape.length === 1) return input.width === 1;
  return shape.length === input.shape.length + 1 && input.shape.every((size, index) => shape[index + 1] === size);
}

function wrongShape(input: InputTensor | undefined, found: unknown, rows: number): Error {
  const wanted = `[${[rows, ...(input?.shape ?? [])].join(', ')}]`;
  const message = `Cannot use the input "${input?.name ?? ''}": its shape must be like ${wanted}, found ${shapeText(found)}`;
  return failure('TG-SERVING-SHAPE', message, 'Send the same number of rows, at least one, in every input');
}

/** Cut short: it may be long, or lists within lists. */
function shapeText(shape: unknown): string {
  if (!Array.isArray(shape)) return nameOf(shape);
  return `[${shape.slice(0, 6).map(nameOf).join(', ')}${shape.length > 6 ? ', ...' : ''}]`;
}

function wrongDatatype(input: InputTensor, found: unknown): Error {
  const taken = takenBy[input.kind];
  const message = `Cannot use the input "${input.name}": its datatype must be ${taken.join(', ').replace(/, ([^,]*)$/, ' or $1')}, found ${nameOf(found)}`;
  return failure('TG-SERVING-TYPE', message, `Send it as ${taken[0] ?? ''}`);
}

function idOf(id: unknown): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id === 'string') return id;
  throw failure('TG-SERVING-TYPE', `Cannot use the body: "id" must be a text: found ${nameOf(id)}`, 'Send the id as a text');
}

function outputsOf(wanted: unknown, names: readonly string[]): readonly string[] | null {
  if (wanted === undefined || wanted === null) return null;
  if (!Array.isArray(wanted))
    throw failure(
      'TG-SERVING-BODY',
      `Cannot use the body: "outputs" must be a list: found ${nameOf(wanted)}`,
      'Send {"outputs": [{"name": …}]}',
    );
  return wanted.map((output: unknown) => {
    const name = isObject(output) ? output['name'] : undefined;
    if (!isObject(output) || typeof name !== 'string')
      throw failure('TG-SERVING-BODY', 'Cannot use the body: an output has no name', 'Send each output as an object with a name');
    if (!names.includes(name)) throw unknown('output', name, names);
    refuseParameters(output['parameters']);
    return name;
  });
}
