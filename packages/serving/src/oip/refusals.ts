import { failure, type TidegateError } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import { type Mistakes, pathOf } from '../http/mistakes.ts';

/**
 * Parameters may be texts, numbers and booleans and are not used; others are mistakes (TG-SERVING-BODY, TG-SERVING-TYPE).
 * @param at where they stand
 * @throws TG-SERVING-MEDIA at once when they ask for the binary tensor extension: such a request is in another language
 */
export function checkParameters(parameters: unknown, at: string, mistakes: Mistakes): void {
  if (parameters === undefined || parameters === null) return;
  if (!isObject(parameters)) {
    const message = `Cannot use the body: "parameters" must be an object: found ${nameOf(parameters)}`;
    mistakes.add(() => ({ at, code: 'TG-SERVING-BODY', message, hint: 'Send {"parameters": {…}}' }));
    return;
  }
  for (const [name, value] of Object.entries(parameters)) {
    if ((name === 'binary_data_output' || name === 'binary_data') && value === true) throw binary('Cannot answer with binary tensors');
    if (typeof value !== 'object') continue;
    const message = `Cannot use the parameter ${JSON.stringify(name.slice(0, 100))}: found ${nameOf(value)}`;
    mistakes.add(() => ({ at: pathOf(at, name), code: 'TG-SERVING-TYPE', message, hint: 'Send a text, a number, true or false' }));
  }
}

/** A tensor without data that announces it outside of the JSON. @throws TG-SERVING-MEDIA */
export function refuseBinary(tensor: JsonMembers, name: string): void {
  const parameters = tensor['parameters'];
  if (isObject(parameters) && parameters['binary_data_size'] !== undefined) throw binary(`Cannot use the input "${name}"`);
}

function binary(what: string): TidegateError {
  const hint = 'Send and ask for the data as JSON; in tritonclient: binary_data=False for every input and output';
  return failure('TG-SERVING-MEDIA', `${what}: this server does not speak the binary tensor extension`, hint);
}
