import { flavorOf, parseOptions } from '../arguments.ts';
import { inspectModel } from './inspect-model.ts';

/** `inspect --model FILE --flavor onnx|pickle|function [--python EXE]`: prints an {@link Inspection} as JSON. @throws TG-SERVING-ARGUMENTS, TG-SERVING-MODEL */
export async function inspect(argv: readonly string[]): Promise<void> {
  const {
    model,
    flavor,
    python = 'python3',
  } = parseOptions(argv, { command: 'inspect', required: ['model', 'flavor'], optional: ['python'] });
  const inspection = await inspectModel({ file: model, flavor: flavorOf(flavor), python });
  process.stdout.write(`${JSON.stringify(inspection)}\n`);
}
