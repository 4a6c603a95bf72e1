import { failure } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';

const hint = 'Send and ask for the data as JSON; in tritonclient: binary_data=False for every input and output';

/** Parameters may be texts, numbers and booleans; ones that ask for the binary tensor extension are refused, others are not used. */
export function refuseParameters(parameters: unknown): void {
  if (parameters === undefined || parameters === null) return;
  if (!isObject(parameters))
    throw failure(
      'TG-SERVING-BODY',
      `Cannot use the body: "parameters" must be an object: found ${nameOf(parameters)}`,
      'Send {"parameters": {…}}',
    );
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object')
      throw failure(
        'TG-SERVING-TYPE',
        `Cannot use the parameter ${JSON.stringify(name.slice(0, 100))}: found ${nameOf(value)}`,
        'Send a text, a number, true or false',
      );
    if ((name === 'binary_data_output' || name === 'binary_data') && value === true)
      throw failure('TG-SERVING-MEDIA', 'Cannot answer with binary tensors: this server does not speak the binary tensor extension', hint);
  }
}

/** A tensor without data that announces it outside of the JSON. */
export function refuseBinary(tensor: JsonMembers, name: string): void {
  const parameters = tensor['parameters'];
  if (isObject(parameters) && parameters['binary_data_size'] !== undefined)
    throw failure('TG-SERVING-MEDIA', `Cannot use the input "${name}": this server does not speak the binary tensor extension`, hint);
}
