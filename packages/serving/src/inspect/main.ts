import { flavorOf, parseOptions } from '../arguments.ts';
import { readLauncher } from '../model/python/read-launcher.ts';
import { inspectModel } from './inspect-model.ts';

/** `inspect --model FILE --flavor onnx|pickle|function [--python EXE] [--launcher ARGV.json]`: prints an {@link Inspection} as JSON. @throws TG-SERVING-ARGUMENTS, TG-SERVING-MODEL */
export async function inspect(argv: readonly string[]): Promise<void> {
  const {
    model,
    flavor,
    python = 'python3',
    launcher,
  } = parseOptions(argv, { command: 'inspect', required: ['model', 'flavor'], optional: ['python', 'launcher'] });
  const inspection = await inspectModel({ file: model, flavor: flavorOf(flavor), python, launcher: await readLauncher(launcher) });
  process.stdout.write(`${JSON.stringify(inspection)}\n`);
}
