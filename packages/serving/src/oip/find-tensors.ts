import { nearest } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import type { Mistake, Mistakes } from '../http/mistakes.ts';
import type { BinaryParts } from './binary-input.ts';

/** A tensor of a request and its position in the list `inputs`. */
export interface GivenTensor {
  readonly tensor: JsonMembers;
  readonly position: number;
  /** Its bytes, where they follow the JSON. */
  readonly binary: Buffer | null;
}

/**
 * The tensors of a request in the order of the model's inputs; undefined for one that is missing. Mistakes: TG-SERVING-BODY,
 * TG-SERVING-FIELD-UNKNOWN, TG-SERVING-FIELD-MISSING.
 */
export function findTensors(
  body: JsonMembers,
  { names, parts }: { readonly names: readonly string[]; readonly parts: BinaryParts },
  mistakes: Mistakes,
): readonly (GivenTensor | undefined)[] {
  const tensors = names.map((): GivenTensor | undefined => undefined);
  const given: unknown = Object.hasOwn(body, 'inputs') ? body['inputs'] : undefined;
  if (!Array.isArray(given)) {
    const message = `Cannot use the body: "inputs" must be a list: found ${nameOf(given)}`;
    const hint = 'Send {"inputs": [{"name", "shape", "datatype", "data"}]}';
    mistakes.add(() => ({ at: 'inputs', code: 'TG-SERVING-BODY', message, hint }));
    return tensors;
  }
  const misspelt = new Set<string | null>();
  for (let position = 0; position < given.length; position++) {
    const tensor: unknown = given[position];
    const name = isObject(tensor) ? tensor['name'] : undefined;
    if (!isObject(tensor) || typeof name !== 'string') {
      mistakes.add(() => nameless(position));
      continue;
    }
    const index = names[position] === name ? position : names.indexOf(name); // most callers keep the model's order
    if (index < 0) {
      misspelt.add(nearest(name, names));
      mistakes.add(() => unknownTensor('input', name, { at: `inputs[${position}].name`, names }));
    } else if (tensors[index] === undefined) tensors[index] = { tensor, position, binary: parts.get(position) ?? null };
    else mistakes.add(() => repeated(name, position));
  }
  addMissing(tensors, names, { misspelt, mistakes });
  return tensors;
}

/** What is misspelt is told already. */
function addMissing(
  tensors: readonly (GivenTensor | undefined)[],
  names: readonly string[],
  { misspelt, mistakes }: { readonly misspelt: ReadonlySet<string | null>; readonly mistakes: Mistakes },
): void {
  for (const [index, name] of names.entries()) {
    if (tensors[index] !== undefined || misspelt.has(name)) continue;
    const message = `Cannot use the body: the input "${name}" is missing`;
    const hint = `The model takes ${names.join(', ')}`;
    mistakes.add(() => ({ at: 'inputs', code: 'TG-SERVING-FIELD-MISSING', message, hint }));
  }
}

function nameless(position: number): Mistake {
  const message = `Cannot use the body: input ${position} has no name`;
  return { at: `inputs[${position}]`, code: 'TG-SERVING-BODY', message, hint: 'Send each input as an object with a name' };
}

function repeated(name: string, position: number): Mistake {
  const message = `Cannot use the body: the input "${name}" is there twice`;
  return { at: `inputs[${position}].name`, code: 'TG-SERVING-BODY', message, hint: 'Send each input once' };
}

/** The mistake of a name that is no input or output of the model. */
export function unknownTensor(
  part: 'input' | 'output',
  name: string,
  { at, names }: { readonly at: string; readonly names: readonly string[] },
): Mistake {
  const near = nearest(name, names);
  const hint = near === null ? `The model has ${names.join(', ')}` : `Did you mean "${near}"?`;
  const message = `Cannot use the body: the model has no ${part} ${JSON.stringify(name.slice(0, 100))}`;
  return { at, code: 'TG-SERVING-FIELD-UNKNOWN', message, hint };
}
