import { isObject, nameOf } from '../http/json-body.ts';
import { type Mistakes, pathOf } from '../http/mistakes.ts';

/**
 * Parameters may be texts, numbers and booleans; those that are not known are not used; others are mistakes (TG-SERVING-BODY, TG-SERVING-TYPE).
 * @param at where they stand
 */
export function checkParameters(parameters: unknown, at: string, mistakes: Mistakes): void {
  if (parameters === undefined || parameters === null) return;
  if (!isObject(parameters)) {
    const message = `Cannot use the body: "parameters" must be an object: found ${nameOf(parameters)}`;
    mistakes.add(() => ({ at, code: 'TG-SERVING-BODY', message, hint: 'Send {"parameters": {…}}' }));
    return;
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'object') continue;
    const message = `Cannot use the parameter ${JSON.stringify(name.slice(0, 100))}: found ${nameOf(value)}`;
    mistakes.add(() => ({ at: pathOf(at, name), code: 'TG-SERVING-TYPE', message, hint: 'Send a text, a number, true or false' }));
  }
}
