import { parseArgs } from 'node:util';
import { failure, type Flavor, nearest } from '@tidegate/formats';

export interface OptionNames<Required extends string, Optional extends string> {
  readonly command: string;
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
}

/** Reads `--name VALUE` options. @throws TG-SERVING-ARGUMENTS for an unknown one, one without a value, or a missing one. */
export function parseOptions<const Required extends string, const Optional extends string>(
  argv: readonly string[],
  { command, required, optional }: OptionNames<Required, Optional>,
): Readonly<Record<Required, string> & Partial<Record<Optional, string>>> {
  const names: readonly string[] = [...required, ...optional];
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') throw wrong(command, `"${argv[token.index] ?? ''}" is no option`, null);
    if (!names.includes(token.name)) throw wrong(command, `there is no option "${token.rawName}"`, nearest(token.name, names));
    if (token.value === undefined) throw wrong(command, `"${token.rawName}" has no value`, null);
    values[token.name] = token.value;
  }
  const missing = required.find((name) => values[name] === undefined);
  if (missing !== undefined) throw wrong(command, `"--${missing}" is missing`, null);
  return values as Record<Required, string> & Partial<Record<Optional, string>>;
}

/** @throws TG-SERVING-ARGUMENTS */
export function flavorOf(text: string): Flavor {
  if (text === 'onnx' || text === 'pickle' || text === 'function') return text;
  throw failure('TG-SERVING-ARGUMENTS', `Cannot use the flavor "${text}": it must be onnx, pickle or function`, 'Give "--flavor onnx"');
}

/** A whole number of at least `minimum`. @throws TG-SERVING-ARGUMENTS */
export function countOf(name: string, text: string, minimum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= minimum) return value;
  throw failure(
    'TG-SERVING-ARGUMENTS',
    `Cannot use "--${name} ${text}": it must be a whole number of at least ${minimum}`,
    `Give "--${name} ${minimum}"`,
  );
}

function wrong(command: string, found: string, near: string | null): Error {
  const hint = near === null ? 'Look at docs/reference/serving-api.md for the options' : `Did you mean "--${near}"?`;
  return failure('TG-SERVING-ARGUMENTS', `Cannot start "${command}": ${found}`, hint);
}
