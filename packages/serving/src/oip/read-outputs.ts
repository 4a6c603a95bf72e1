import { isObject, nameOf } from '../http/json-body.ts';
import type { Mistakes } from '../http/mistakes.ts';
import { unknownTensor } from './find-tensors.ts';
import { checkParameters } from './parameters.ts';

/** An output that is asked for. */
export interface WantedOutput {
  readonly name: string;
  /** Null where the request as a whole decides. */
  readonly isBinary: boolean | null;
}

/** Whether parameters ask for binary tensors by this name. */
export function wantsBinary(parameters: unknown, name: string): boolean {
  return isObject(parameters) && parameters[name] === true;
}

/** The outputs asked for; null = all. Mistakes: TG-SERVING-BODY, TG-SERVING-FIELD-UNKNOWN. */
export function readOutputs(wanted: unknown, names: readonly string[], mistakes: Mistakes): readonly WantedOutput[] | null {
  if (wanted === undefined || wanted === null) return null;
  if (!Array.isArray(wanted)) {
    const message = `Cannot use the body: "outputs" must be a list: found ${nameOf(wanted)}`;
    mistakes.add(() => ({ at: 'outputs', code: 'TG-SERVING-BODY', message, hint: 'Send {"outputs": [{"name": …}]}' }));
    return null;
  }
  return wanted.flatMap((output: unknown, position) => readOutput(output, names, { at: `outputs[${position}]`, mistakes }));
}

function readOutput(
  output: unknown,
  names: readonly string[],
  { at, mistakes }: { readonly at: string; readonly mistakes: Mistakes },
): readonly WantedOutput[] {
  const name = isObject(output) ? output['name'] : undefined;
  if (!isObject(output) || typeof name !== 'string') {
    const message = 'Cannot use the body: an output has no name';
    mistakes.add(() => ({ at, code: 'TG-SERVING-BODY', message, hint: 'Send each output as an object with a name' }));
    return [];
  }
  if (!names.includes(name)) mistakes.add(() => unknownTensor('output', name, { at: `${at}.name`, names }));
  checkParameters(output['parameters'], `${at}.parameters`, mistakes);
  const said = isObject(output['parameters']) ? output['parameters']['binary_data'] : undefined;
  return [{ name, isBinary: typeof said === 'boolean' ? said : null }];
}
