import { createInterface } from 'node:readline';
import { shape, TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { parseOptions } from '../arguments.ts';
import { bindInputs } from '../model/bind-inputs.ts';
import { openRunner } from '../model/open-runner.ts';
import { columnSources, fieldsOf } from '../predict/feature-cells.ts';
import { readRelease } from '../serve/release.ts';
import { type ChunkScorer, scoreChunk } from './score-chunk.ts';

const options = { command: 'batch', required: ['release'], optional: ['python'] } as const;

/**
 * `batch --release FOLDER [--python EXE]`: loads a release once and scores files of rows until its input ends. A line on stdout says
 * that it is ready, then one for each line on stdin: `{"requests": FILE, "output": FILE, "alone"?}` is answered with `{"event":"scored", "rows",
 * "scored"}`, or with `{"event":"failed", "code", "message", "hint"}` when the whole file cannot be scored.
 * @throws TG-SERVING-ARGUMENTS, TG-SERVING-RELEASE, and what loading the model throws
 */
export async function batch(argv: readonly string[]): Promise<void> {
  const { release: folder, python } = parseOptions(argv, options);
  const release = await readRelease(folder);
  const { file, model, features, interpreter } = release;
  const { flavor, signature } = model;
  // one thread: the same rows must give the same bytes on any machine
  const runner = await openRunner(
    { file, flavor, signature, python: python ?? interpreter ?? 'python3', threads: 1 },
    { onRestart: () => {}, runLimitMs: null },
  );
  try {
    using engine = await openEngine({ threads: 1, memory: '250MB' });
    const binding = bindInputs(signature.inputs, runner.inputs);
    const fields = fieldsOf(binding.columns, features);
    const looked = (features?.views ?? []).flatMap((view) =>
      view.features.map(({ name, type }) => ({ name: `${view.name}__${name}`, type })),
    );
    const rules = { fields, looked, columns: binding.columns, sources: columnSources(binding.columns, fields, looked) };
    const scorer = { engine, runner, binding, signature, rules };
    say({ event: 'ready', fields: fields.map(({ name, type }) => ({ name, type })) });
    for await (const line of createInterface({ input: process.stdin })) say(await answer(scorer, line));
  } finally {
    await runner.close();
  }
}

const orderShape = shape.object({
  requests: shape.required(shape.text()),
  output: shape.required(shape.text()),
  alone: shape.optional(shape.boolean()),
});

async function answer(scorer: ChunkScorer, line: string): Promise<object> {
  const order = shape.parse(orderShape, JSON.parse(line));
  if (!order.ok) throw new Error(`Cannot read the order ${line}: ${order.failure[0]?.message}; please report this`);
  try {
    return { event: 'scored', ...(await scoreChunk(scorer, { alone: false, ...order.value })) };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const [{ code, message, hint }] = error.diagnostics;
    return { event: 'failed', code, message, hint };
  }
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
