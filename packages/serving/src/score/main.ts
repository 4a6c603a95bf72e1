import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openEngine } from '@tidegate/runtime';
import { countOf, flavorOf, parseOptions } from '../arguments.ts';
import { openRunner } from '../model/open-runner.ts';
import { readLauncher } from '../model/python/read-launcher.ts';
import { readSignature } from '../model/read-signature.ts';
import { readRows } from './read-rows.ts';
import { scoreRows } from './score-rows.ts';
import { smoke } from './smoke.ts';
import { writeRows } from './write-rows.ts';

const options = {
  command: 'score',
  required: ['model', 'flavor', 'signature', 'input', 'output'],
  optional: ['python', 'launcher', 'threads', 'smoke'],
} as const;

/**
 * `score --model FILE --flavor onnx|pickle|function --signature FILE.json --input IN.parquet --output OUT.parquet [--python EXE]
 * [--launcher ARGV.json] [--threads N] [--smoke FILE.json]`: predicts every row of a Parquet file, exactly as the service would; and then tries the model on a few
 * rows and writes what it did (`SmokeReport`), which is no error whatever it is.
 * @throws TG-SERVING-ARGUMENTS, TG-SERVING-SCORE-INPUT, and what loading and running the model throw
 */
export async function score(argv: readonly string[]): Promise<void> {
  const { model, flavor, input, output, python = 'python3', threads = '1', ...given } = parseOptions(argv, options);
  const signature = await readSignature(given.signature);
  const count = countOf('threads', threads, 1);
  const runner = await openRunner(
    { file: model, flavor: flavorOf(flavor), signature, python, launcher: await readLauncher(given.launcher), threads: count },
    { onRestart: () => {}, runLimitMs: null },
  );
  try {
    using engine = await openEngine({ threads: count });
    const rows = await readRows(engine, input, signature.inputs);
    await mkdir(dirname(resolve(output)), { recursive: true });
    await writeRows(engine, output, { task: signature.task, rows: scoreRows(runner, signature, rows) });
    if (given.smoke !== undefined) await writeFile(given.smoke, JSON.stringify(await smoke(runner, signature, rows)));
  } finally {
    await runner.close();
  }
}
