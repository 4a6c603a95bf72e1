import { dirname, join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { type CommandDeps, commandFacts, lastWords, runStepCommand, sealedWorkspace } from '../../commands/index.ts';
import { type ChecksDeps, exampleRows, type PythonAnswer, type PythonCheck, type PythonRequest, pythonScript } from '../../data/index.ts';
import type { StepContext } from '../../pipeline/index.ts';
import { existsSync, readTextIfThere, rm, writeFile } from '../../platform/index.ts';
import { pythonScriptText } from './python-script.ts';

/** Rows of a batch: some megabytes, so that memory does not grow with the data. */
const batchRows = 65_536;
/** Bytes of a batch, about: rows that are longer come in fewer. */
const batchBytes = 64_000_000;

const files = { rows: '.tidegate-check-rows.parquet', request: '.tidegate-check-request.json', answer: '.tidegate-check-answer.json' };

/** Functions of the user over Arrow batches, in the project's Python and in the sandbox of a step. */
export function pythonFunctions(commands: CommandDeps): ChecksDeps['python'] {
  return {
    facts: ({ node }) => commandFacts(node, commands),
    open: (context, engine) => pythonCheck(context, engine, commands),
  };
}

/** The rows go through a Parquet file in the workspace, for the engine writes no Arrow; pyarrow reads it batch by batch. */
function pythonCheck(context: StepContext, engine: Engine, commands: CommandDeps): PythonCheck {
  return async (request) => {
    const workspace = await sealedWorkspace(context);
    const path = (name: string): string => join(workspace.folder, name);
    const columns = request.columns.map(quoteName).join(', ');
    await engine.run(
      `COPY (SELECT ${columns} FROM (${request.rows})) TO ${quoteText(path(files.rows))} (FORMAT parquet, ROW_GROUP_SIZE ${batchRows})`,
    );
    const told = {
      file: request.file,
      function: request.function,
      rows: files.rows,
      columns: request.columns,
      batch: batchRows,
      batchBytes,
      examples: exampleRows,
    };
    await writeFile(path(files.request), JSON.stringify(told));
    await writeFile(path(pythonScript), pythonScriptText);
    await rm(path(files.answer), { force: true });
    // the cores stay with the step until all of its checks are judged
    const { begin: _, workIsDone: __, ...own } = context;
    const bounded = { ...own, node: { ...own.node, resources: { ...own.node.resources, memoryBytes: request.memoryBytes } } };
    const quiet = request.isPersonal ? { ...bounded, log: () => {} } : bounded;
    const ran = await runStepCommand(quiet, ['python', pythonScript], { ...commands, timeoutMs: request.timeoutMs, workspace });
    await rm(path(files.rows), { force: true });
    if (ran.timedOut)
      throw unanswered(
        request,
        `it ran longer than ${request.timeoutMs / 1000} s`,
        'Raise "timeout" of the check, or make the function quicker',
      );
    if (ran.passed?.kind === 'memoryBytes') throw tookTooMuch(request, ran.passed);
    const said = await readTextIfThere(path(files.answer));
    if (said === null) {
      const words = request.isPersonal ? [] : lastWords(ran.tail);
      throw unanswered(
        request,
        [`Python ended with exit code ${ran.code}`, ...words].join('\n'),
        'It must return, and not end the process',
      );
    }
    const answer = answerOf(request, said, commands.root);
    if (answer.peakBytes !== null)
      context.log(
        'stdout',
        `${request.check} took ${gigabytes(answer.peakBytes)} of memory at most, and may take ${gigabytes(request.memoryBytes)}\n`,
      );
    return answer;
  };
}

const answerShape = shape.object({
  failing: shape.optional(shape.number({ integer: true, minimum: 0 })),
  rows: shape.optional(shape.list(shape.number({ integer: true, minimum: 0 }))),
  missing: shape.optional(shape.text()),
  wrong: shape.optional(shape.text()),
  raised: shape.optional(
    shape.object({
      type: shape.required(shape.text()),
      text: shape.required(shape.text()),
      frames: shape.required(shape.list(shape.text())),
      module: shape.optional(shape.text()),
    }),
  ),
  peakBytes: shape.optional(shape.number({ integer: true, minimum: 0 })),
});

type Raised = NonNullable<shape.TypeOf<typeof answerShape>['raised']>;

/** @throws TG-DATA-PYTHON-CHECK, TG-DATA-NO-PYARROW */
function answerOf(request: PythonRequest, said: string, root: string): PythonAnswer {
  const parsed = shape.parse(answerShape, JSON.parse(said) as unknown);
  if (!parsed.ok) throw unanswered(request, 'what it answered cannot be read', 'Leave the files that begin with ".tidegate" as they are');
  const { failing, rows = [], missing, wrong, raised, peakBytes = null } = parsed.value;
  if (missing !== undefined)
    throw failure(
      'TG-DATA-NO-PYARROW',
      `Cannot judge "${request.check}": the project's Python has no pyarrow (${missing})`,
      'Add pyarrow to the requirements file and lock it, or install it: python -m pip install pyarrow',
    );
  if (wrong !== undefined) throw unanswered(request, wrong, 'What it may return is in docs/reference/checks.md');
  if (raised !== undefined) throw raisedBy(request, raised, root);
  return { failing: failing ?? 0, rows, peakBytes };
}

/** Where it was raised comes first, then the calls that led there, each a file of the project with its line. */
function raisedBy(request: PythonRequest, { type, text, frames, module }: Raised, root: string): Error {
  const said = request.isPersonal ? `${type}, whose text is not shown, for the function is given personal columns` : text;
  const [where = request.file, ...callers] = frames;
  const way = callers.length === 0 ? where : `${where}, called at ${callers.join(', ')}`;
  const own = module === undefined ? null : ownModule(request, module, root);
  const hint =
    own === null
      ? `Correct "${request.function}" in ${request.file}`
      : `Name the file, so that it is an input of the check and part of its key: "uses: [${own}]"`;
  return failure(
    'TG-DATA-PYTHON-CHECK',
    `${said} (${way}): cannot judge "${request.check}"`.replace(/^./, (letter) => letter.toUpperCase()),
    hint,
  );
}

/** The file or folder of the project that an import must have meant; null for none. */
function ownModule({ file }: PythonRequest, module: string, root: string): string | null {
  const path = module.replaceAll('.', '/');
  const folder = dirname(file);
  for (const base of folder === '.' ? [path] : [`${folder}/${path}`, path]) {
    if (existsSync(join(root, `${base}.py`))) return `${base}.py`;
    if (existsSync(join(root, base))) return `${base}/**`;
  }
  return null;
}

function tookTooMuch(request: PythonRequest, { limit, found }: { readonly limit: number; readonly found: number }): Error {
  return unanswered(
    request,
    `it took ${gigabytes(found)} of memory, and may take ${gigabytes(limit)}`,
    'Keep less of the batches, or raise "memory" of the check, as in "memory: 8GB"',
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

function unanswered({ check, file, function: name }: PythonRequest, why: string, hint: string): Error {
  return failure('TG-DATA-PYTHON-CHECK', `Cannot judge "${check}" by "${name}" of ${file}: ${why}`, hint);
}
