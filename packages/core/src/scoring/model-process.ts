import { failure, type FeatureColumn, isErrorCode, shape } from '@tidegate/formats';
import { openLineProcess } from '../platform/index.ts';

export interface ModelProcessOptions {
  /** How the command line of the serving processes starts. */
  readonly argv: readonly string[];
  /** The release as a folder. */
  readonly release: string;
  /** Null for ONNX. */
  readonly python: string | null;
  readonly variables: { readonly [name: string]: string };
  readonly signal: AbortSignal;
}

/** A process with the model of a release in it. */
export interface ModelProcess {
  /** What a row must have, by the service's own rules. */
  readonly fields: readonly FeatureColumn[];
  /** Scores a file of rows into another: docs/reference/formats/score-job.md. @throws TG-SERVING-… as the process says */
  readonly score: (files: {
    readonly requests: string;
    readonly output: string;
    readonly alone: boolean;
  }) => Promise<{ readonly rows: number; readonly scored: number }>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** @throws TG-SERVING-… as the process says, TG-MODELS-PROGRAM when it ends without a word */
export async function openModelProcess({ argv, release, python, variables, signal }: ModelProcessOptions): Promise<ModelProcess> {
  signal.throwIfAborted();
  const said: string[] = [];
  const process = openLineProcess([...argv, 'batch', '--release', release, ...(python === null ? [] : ['--python', python])], {
    cwd: release,
    variables,
    signal,
    onError: (line) => {
      said.push(line);
      if (said.length > keptLines) said.shift();
    },
  });
  const answerOf = async <T>(line: string | null, wanted: shape.Shape<T>): Promise<T> => {
    if (line !== null) return read(line, wanted);
    const ended = await process.ended;
    signal.throwIfAborted();
    throw failureOf(said, ended);
  };
  const { fields } = await answerOf(await process.next(), readyShape);
  return {
    fields,
    score: async (files) => answerOf(await process.ask(JSON.stringify(files)), scoredShape),
    [Symbol.asyncDispose]: () => process.close(),
  };
}

const keptLines = 30;
const types = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp', 'time', 'object', 'array'] as const;
const readyShape = shape.object({
  event: shape.required(shape.oneOf(['ready'])),
  fields: shape.required(shape.list(shape.object({ name: shape.required(shape.text()), type: shape.required(shape.oneOf(types)) }))),
});
const scoredShape = shape.object({
  event: shape.required(shape.oneOf(['scored'])),
  rows: shape.required(shape.number()),
  scored: shape.required(shape.number()),
});
const failedShape = shape.object({
  event: shape.required(shape.oneOf(['failed'])),
  code: shape.required(shape.text()),
  message: shape.required(shape.text()),
  hint: shape.optional(shape.text()),
});

function read<T>(line: string, wanted: shape.Shape<T>): T {
  const value: unknown = JSON.parse(line);
  const parsed = shape.parse(wanted, value);
  if (parsed.ok) return parsed.value;
  const failed = shape.parse(failedShape, value);
  if (failed.ok && isErrorCode(failed.value.code)) throw failure(failed.value.code, failed.value.message, failed.value.hint ?? null);
  throw new Error(`Cannot read what the model's process says: ${line}; please report this`);
}

/** The process says `CODE: message` and under it, indented, the hint. */
function failureOf(said: readonly string[], ended: string): Error {
  const at = said.findLastIndex((line) => /^TG-[A-Z-]+: /.test(line));
  const [, code = '', message = ''] = /^(TG-[A-Z-]+): (.*)$/.exec(said[at] ?? '') ?? [];
  if (isErrorCode(code)) return failure(code, message, said[at + 1]?.trim() ?? null);
  return failure(
    'TG-MODELS-PROGRAM',
    `Cannot run the model: its process ended with ${ended}\n${said.slice(-12).join('\n')}`,
    'Run the model by hand on a few rows; when it works there, report this',
  );
}
