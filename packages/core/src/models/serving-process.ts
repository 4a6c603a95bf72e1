import { dirname, join } from 'node:path';
import {
  failure,
  type Flavor,
  isErrorCode,
  type LogicalType,
  shape,
  type Signature,
  type SmokeReport,
  type Task,
  TidegateError,
} from '@tidegate/formats';
import { type PythonLauncher, pythonLauncher, stepVariables } from '../commands/index.ts';
import type { StepContext } from '../pipeline/index.ts';
import { compileCacheVariables, eachLine, existsSync, mkdir, readTextIfThere, runCommand, writeFile } from '../platform/index.ts';
import { endedReport, readSmokeReport } from './smoke-report.ts';

/** A model file and what runs it. */
export interface RunnableModel {
  readonly path: string;
  readonly flavor: Flavor;
  /** Python that has the packages of a `pickle` or `function` model; null for ONNX. */
  readonly python: string | null;
}

/** What can be told of a model from its file. */
export interface Inspection {
  /** Names and, where the model knows them, types of its columns in order; null when it takes them by position. */
  readonly inputs: readonly { readonly name: string; readonly type: LogicalType | null }[] | null;
  readonly task: Task | null;
  /** Empty when the model does not say. */
  readonly classes: readonly string[];
}

/** The program that loads models, in a process of its own: no model ever runs in ours. */
export interface ModelProgram {
  /** @throws TG-SERVING-… as the program says, TG-MODELS-PROGRAM when it ends without a word */
  readonly inspect: (model: RunnableModel) => Promise<Inspection>;
  /** Predicts every row of a Parquet file into another. @throws as `inspect` */
  readonly score: (model: RunnableModel, request: ScoreRequest) => Promise<void>;
  /** As `score`, and then tries the model on a few rows and unusual ones. A model that ends its process by that is told in the report. @throws as `score` */
  readonly scoreAndTry: (model: RunnableModel, request: ScoreRequest) => Promise<SmokeReport>;
  /** How the user's Python was started last; null when it was not. */
  readonly launcher: () => PythonLauncher | null;
}

export interface ScoreRequest {
  readonly signature: Signature;
  readonly input: string;
  readonly output: string;
}

/** @param argv how the program's command line starts */
export function modelProgram(context: StepContext, argv: readonly string[]): ModelProgram {
  let used: PythonLauncher | null = null;
  const optionsOf = async ({ path, flavor, python }: RunnableModel): Promise<readonly string[]> => [
    '--model',
    path,
    '--flavor',
    flavor,
    ...(python === null
      ? []
      : ['--python', python, ...(await launcherOptions(context, { path, python }, (launcher) => (used = launcher)))]),
  ];
  const score = async (model: RunnableModel, { signature, input, output }: ScoreRequest, more: readonly string[]): Promise<void> => {
    const file = `${output}.signature.json`;
    await writeFile(file, JSON.stringify(signature));
    const files = ['--signature', file, '--input', input, '--output', output, '--threads', String(context.node.cpus)];
    await run(context, { argv: [...argv, 'score', ...(await optionsOf(model)), ...files, ...more], python: model.python });
  };
  return {
    inspect: async (model) =>
      readInspection(await run(context, { argv: [...argv, 'inspect', ...(await optionsOf(model))], python: model.python })),
    score: (model, request) => score(model, request, []),
    scoreAndTry: async (model, request) => {
      const file = `${request.output}.smoke.json`;
      try {
        await score(model, request, ['--smoke', file]);
      } catch (error) {
        if (context.signal.aborted || !(error instanceof TidegateError) || !existsSync(request.output)) throw error;
        return endedReport(error.diagnostics[0].message);
      }
      return readSmokeReport((await readTextIfThere(file)) ?? '');
    },
    launcher: () => used,
  };
}

/**
 * The user's Python has the model file and the rows that it is handed, and nothing else: no network, no file of the project, no place to write
 * but its own. Where no sandbox works it runs in a process of its own all the same, which the evidence says.
 */
async function launcherOptions(
  { platform, workspace }: StepContext,
  { path, python }: { readonly path: string; readonly python: string },
  onLauncher: (launcher: PythonLauncher) => void,
): Promise<readonly string[]> {
  const folder = `${await workspace()}/sandbox`;
  const launcher = await pythonLauncher({ python, platform, shown: [dirname(path), workerScript], folder });
  onLauncher(launcher);
  if (launcher.kind === 'none') return [];
  const file = `${path}.launcher.json`;
  await writeFile(file, JSON.stringify(launcher.argv));
  return ['--launcher', file];
}

/** The program that the interpreter is given, by the name that the model server replaces. */
const workerScript = '{script}';

/** @returns what the program printed */
async function run(context: StepContext, command: { readonly argv: readonly string[]; readonly python: string | null }): Promise<string> {
  const { argv, python } = command;
  const folder = await context.workspace();
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const printed: string[] = [];
  const said: string[] = [];
  const { code, signal } = await runCommand(argv, {
    cwd: folder,
    variables: stepVariables({ declared: compileCacheVariables(), python, cpus: context.node.cpus, scratch }),
    signal: context.signal,
    timeoutMs: null,
    onStart: context.ownProcess,
    onText: (stream, text) => {
      eachLine(text, (line) => (stream === 'stdout' ? printed : said).push(line));
      if (stream === 'stderr') context.log(stream, text);
    },
  });
  context.signal.throwIfAborted();
  if (code !== 0) throw failureOf(said, signal === null ? `exit code ${code}` : `signal ${signal}`);
  return printed.join('\n');
}

/** The program says `CODE: message` and under it, indented, the hint. */
function failureOf(said: readonly string[], end: string): Error {
  const at = said.findLastIndex((line) => /^TG-[A-Z-]+: /.test(line));
  const [, code = '', first = ''] = /^(TG-[A-Z-]+): (.*)$/.exec(said[at] ?? '') ?? [];
  const rest = said.slice(at + 1);
  if (at >= 0 && isErrorCode(code)) {
    const hint = rest.findLast((line) => line.startsWith('  ')) ?? null;
    return failure(code, [first, ...rest.filter((line) => line !== hint)].join('\n'), hint?.trim() ?? null);
  }
  return failure(
    'TG-MODELS-PROGRAM',
    `Cannot run the model: its process ended with ${end}\n${said.slice(-12).join('\n')}`,
    'Run the model by hand on a few rows; when it works there, report this',
  );
}

const logicalTypes = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp', 'time', 'object', 'array'] as const;

const inspectionShape = shape.object({
  inputs: shape.optional(shape.list(shape.object({ name: shape.required(shape.text()), type: shape.optional(shape.oneOf(logicalTypes)) }))),
  task: shape.optional(shape.oneOf(['binary', 'multiclass', 'multilabel', 'regression'])),
  classes: shape.required(shape.list(shape.text())),
});

/** What a pickle says of itself comes from the user's code: it is checked like any input. */
function readInspection(printed: string): Inspection {
  const parsed = shape.parse(inspectionShape, JSON.parse(printed));
  if (!parsed.ok)
    throw failureOf(
      parsed.failure.map((problem) => problem.message),
      'an answer that is no description',
    );
  const { inputs, task, classes } = parsed.value;
  return { inputs: inputs?.map(({ name, type }) => ({ name, type: type ?? null })) ?? null, task: task ?? null, classes };
}
