import { nameOf } from '../http/json-body.ts';
import type { Mistake, Mistakes } from '../http/mistakes.ts';
import { type ValueCheck, valueCheck, valueMistake, type ValueRule } from '../http/value-check.ts';
import type { InputTensor, Value } from '../model/tensor.ts';
import { takenBy, typeOfKind } from './datatype.ts';
import type { GivenTensor } from './find-tensors.ts';
import { type FlatData, flatData } from './flat-data.ts';
import { refuseBinary } from './refusals.ts';

/** Reads the values of one tensor. Mistakes: TG-SERVING-SHAPE, -TYPE, -NULL, -RANGE, -BODY. @throws TG-SERVING-MEDIA */
export type TensorReader = (given: GivenTensor, rows: number, mistakes: Mistakes) => readonly Value[];

/** @param input what the model takes; the reader is made once and called for each request */
export function tensorReader(input: InputTensor): TensorReader {
  const rule: ValueRule = { type: typeOfKind[input.kind], kind: input.kind, nullable: input.nullable };
  const check = valueCheck(rule);
  return ({ tensor, position }, rows, mistakes) => {
    const at = `inputs[${position}]`;
    const { shape, datatype } = tensor;
    const fits = shapeFits(shape, input, rows);
    if (!fits) mistakes.add(() => wrongShape(input, shape, { at, rows }));
    const taken = typeof datatype === 'string' && takenBy[input.kind].includes(datatype);
    if (!taken) mistakes.add(() => wrongDatatype(input, datatype, at));
    if (tensor['data'] === undefined) refuseBinary(tensor, input.name);
    const data = flatData(tensor['data'], input, { at: `${at}.data`, mistakes });
    if (data === null) return [];
    if (fits && data.values.length !== rows * input.width) mistakes.add(() => wrongLength(input, data, { at, rows }));
    if (taken) checkValues(data, { at, name: input.name, rule, check, mistakes });
    return data.values;
  };
}

interface Checking {
  readonly at: string;
  readonly name: string;
  readonly rule: ValueRule;
  readonly check: ValueCheck;
  readonly mistakes: Mistakes;
}

function checkValues({ values, placeOf }: FlatData, { at, name, rule, check, mistakes }: Checking): void {
  for (let index = 0; index < values.length; index++) {
    if (check(values[index])) continue;
    const owner = `value ${index} of the input`;
    mistakes.add(() => valueMistake(rule, values[index], { at: `${at}.data${placeOf(index)}`, owner, name }));
  }
}

function shapeFits(shape: unknown, input: InputTensor, rows: number): boolean {
  if (!Array.isArray(shape) || shape[0] !== rows) return false;
  if (shape.length === 1) return input.width === 1;
  return shape.length === input.shape.length + 1 && input.shape.every((size, index) => shape[index + 1] === size);
}

interface Place {
  readonly at: string;
  readonly rows: number;
}

function wrongShape({ name, shape }: InputTensor, found: unknown, { at, rows }: Place): Mistake {
  const message = `Cannot use the input "${name}": its shape must be like [${[rows, ...shape].join(', ')}], found ${shapeText(found)}`;
  return { at: `${at}.shape`, code: 'TG-SERVING-SHAPE', message, hint: 'Send the same number of rows, at least one, in every input' };
}

/** Cut short: it may be long, or lists within lists. */
function shapeText(shape: unknown): string {
  if (!Array.isArray(shape)) return nameOf(shape);
  return `[${shape.slice(0, 6).map(nameOf).join(', ')}${shape.length > 6 ? ', ...' : ''}]`;
}

function wrongDatatype({ name, kind }: InputTensor, found: unknown, at: string): Mistake {
  const taken = takenBy[kind];
  const list = taken.join(', ').replace(/, ([^,]*)$/, ' or $1');
  const message = `Cannot use the input "${name}": its datatype must be ${list}, found ${nameOf(found)}`;
  return { at: `${at}.datatype`, code: 'TG-SERVING-TYPE', message, hint: `Send it as ${taken[0] ?? ''}` };
}

function wrongLength({ name, shape, width }: InputTensor, { values }: FlatData, { at, rows }: Place): Mistake {
  const wanted = `its shape [${[rows, ...shape].join(', ')}] needs ${rows * width} values`;
  const message = `Cannot use the input "${name}": ${wanted}, found ${values.length}`;
  return { at: `${at}.data`, code: 'TG-SERVING-SHAPE', message, hint: 'Send as many values as the shape says' };
}
