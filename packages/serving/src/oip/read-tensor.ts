import { nameOf } from '../http/json-body.ts';
import type { Mistake, Mistakes } from '../http/mistakes.ts';
import { type ValueCheck, valueCheck, valueMistake, type ValueRule } from '../http/value-check.ts';
import type { InputTensor, InputValues, NumberData } from '../model/tensor.ts';
import { takenBy, typeOfKind } from './datatype.ts';
import type { GivenTensor } from './find-tensors.ts';
import { type FlatData, flatData } from './flat-data.ts';
import { binaryValues } from './binary-input.ts';

/** Reads the values of one tensor. Mistakes: TG-SERVING-SHAPE, -TYPE, -NULL, -RANGE, -BODY. */
export type TensorReader = (given: GivenTensor, rows: number, mistakes: Mistakes) => InputValues;

/** @param input what the model takes; the reader is made once and called for each request */
export function tensorReader(input: InputTensor): TensorReader {
  const rule: ValueRule = { type: typeOfKind[input.kind], kind: input.kind, nullable: input.nullable };
  const check = valueCheck(rule);
  return ({ tensor, position, binary }, rows, mistakes) => {
    const at = `inputs[${position}]`;
    const { shape, datatype } = tensor;
    const fits = shapeFits(shape, input, rows);
    if (!fits) mistakes.add(() => wrongShape(input, shape, { at, rows }));
    const taken = typeof datatype === 'string' && takenBy[input.kind].includes(datatype);
    if (!taken) mistakes.add(() => wrongDatatype(input, datatype, at));
    const data =
      binary === null
        ? flatData(tensor['data'], input, { at: `${at}.data`, mistakes })
        : binaryData(binary, taken ? datatype : null, { input, at, mistakes });
    if (data === null) return [];
    if (fits && data.values.length !== rows * input.width) mistakes.add(() => wrongLength(input, data.values.length, { at, rows }));
    if (!isOwnKind(data)) checkValues(data, { at, name: input.name, rule, check: taken ? check : () => true, mistakes });
    return data.values;
  };
}

/** Numbers of the kind of the input itself: there is no value that they cannot have. */
type OwnNumbers = { readonly values: NumberData };

function isOwnKind(data: FlatData | OwnNumbers): data is OwnNumbers {
  return ArrayBuffer.isView(data.values);
}

/** Null when nothing more is to be said of it. */
function binaryData(
  part: Buffer,
  datatype: string | null,
  { input, at, mistakes }: { readonly input: InputTensor; readonly at: string; readonly mistakes: Mistakes },
): FlatData | OwnNumbers | null {
  const values = datatype === null ? null : binaryValues(part, datatype, { input, at, mistakes });
  if (values === null) return null;
  return ArrayBuffer.isView(values) ? { values } : { values, placeOf: (index) => `[${index}]` };
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

function wrongLength({ name, shape, width }: InputTensor, found: number, { at, rows }: Place): Mistake {
  const wanted = `its shape [${[rows, ...shape].join(', ')}] needs ${rows * width} values`;
  const message = `Cannot use the input "${name}": ${wanted}, found ${found}`;
  return { at: `${at}.data`, code: 'TG-SERVING-SHAPE', message, hint: 'Send as many values as the shape says' };
}
