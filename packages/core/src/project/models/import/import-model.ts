import { basename, dirname, extname, join, relative } from 'node:path';
import { failure, shape, type Signature, type Task } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { runSandboxed, stepVariables } from '../../../commands/index.ts';
import { findingsIn, unsafe } from '../../../models/index.ts';
import {
  compileCacheVariables,
  copyFile,
  digestOfFile,
  eachLine,
  entriesBelow,
  exists,
  mkdir,
  mkdtemp,
  readFile,
  readTextIfThere,
  rm,
  runCommand,
  stat,
  tmpdir,
  writeFile,
  writeFileAtomically,
} from '../../../platform/index.ts';
import type { Project } from '../../project.ts';
import { pythonOf } from '../../run/exec.ts';
import { scanModelFolder, verifyModelFolder, type VerifyRequest } from '../verify-model.ts';
import { convertScriptText } from './convert-script.ts';
import { findSource, type ModelSource } from './find-source.ts';
import { requireServable } from './require-servable.ts';
import { compareAnswers, type Parity } from './parity.ts';

export interface ImportModelRequest {
  /** Absolute: a file, or a folder of MLflow, of the Hub, of an export. */
  readonly source: string;
  /** Absolute: where the ONNX file goes, with its record beside it. */
  readonly to: string;
  /** Absolute: rows in CSV, JSON lines or Parquet that original and copy must answer alike; null for ONNX, where there is nothing to compare. */
  readonly rows: string | null;
  /** By which its signature is verified; all null: it is not. */
  readonly signature: Pick<VerifyRequest, 'key' | 'certificate' | 'keyless' | 'signature'>;
  /** Names that its pickle may use besides those on the list. */
  readonly trust: readonly string[];
  readonly signal: AbortSignal;
  readonly onStep: (doing: string) => void;
}

/** The record beside an imported model: what it was made of, and how that was looked at. */
export interface ModelImport {
  readonly format: 'tidegate.model-import/1';
  readonly source: { readonly name: string; readonly from: ModelSource['from']; readonly file: string; readonly digest: string };
  /** The key that its signature was verified with; null when it was not verified. */
  readonly signedBy: string | null;
  readonly scanned: readonly { readonly path: string; readonly kind: string }[];
  readonly onnx: string;
  /** Names of its columns in order; null when the model names them itself. */
  readonly inputs: readonly string[] | null;
  readonly classes: readonly string[] | null;
  /** Packages that converted it; null when it was ONNX in one file already. */
  readonly versions: { readonly [name: string]: string } | null;
  /** Null when there was nothing to compare. */
  readonly parity: Parity | null;
}

/** Most rows that original and copy are compared on. */
const mostRows = 10_000;

/**
 * Brings a model of another tool as one ONNX file, which a step then takes through the same gate as any other: verified where a key is given, looked through
 * file by file, converted in a sandbox, and held against the original on rows. Nothing is written unless all of that passes.
 *
 * @throws TG-MODELS-IMPORT, TG-MODELS-UNSAFE, TG-MODELS-SIGNATURE, TG-MODELS-PARITY, TG-CLI-USAGE
 */
export async function importModel(project: Project, request: ImportModelRequest): Promise<ModelImport> {
  const { source: path, to, onStep } = request;
  if (extname(to) !== '.onnx')
    throw failure('TG-CLI-USAGE', `Cannot import into "${to}": it must be an ONNX file`, 'Name a file that ends with .onnx');
  if (await exists(to))
    throw failure('TG-CLI-USAGE', `Cannot import into "${to}": it is there already`, 'Name another file, or move it away');
  const source = await findSource(path);
  onStep('looking through the files');
  const isVerified = request.signature.key !== null || request.signature.certificate !== null || request.signature.keyless !== null;
  const now = new Date(project.platform.clock.now());
  const verified = isVerified ? await verifyModelFolder(project, { path, ...request.signature, trust: request.trust, now }) : null;
  const scans = (verified?.scans ?? (await scanModelFolder(path, request.trust))).filter((scan) => concerns(source, scan.path));
  const findings = findingsIn(scans);
  if (findings.length > 0) throw unsafe(basename(path), findings, 'option');
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-import-'));
  try {
    const made = await convert(project, { source, folder, request, readsOthers: scans.some(({ reads }) => reads.length > 0) });
    const model = join(folder, 'model.onnx');
    const [again] = await scanModelFolder(model, []);
    if (again === undefined || again.findings.length > 0) throw unsafe(basename(path), again?.findings ?? [], 'option');
    await requireServable(project, { source: path, model, folder, signal: request.signal });
    const parity = made.answers === null ? null : await parityOf(project, { model, folder, made, request });
    if (parity !== null && parity.different > 0) throw unlike(path, parity);
    const original = (await stat(path)).isFile() ? path : join(path, source.file);
    const record: ModelImport = {
      format: 'tidegate.model-import/1',
      source: { name: basename(path), from: source.from, file: source.file, digest: await digestOfFile(original) },
      signedBy: verified?.signature.key ?? null,
      scanned: scans.map(({ path: one, kind }) => ({ path: one, kind })),
      onnx: await digestOfFile(model),
      inputs: made.inputs,
      classes: made.classes,
      versions: made.versions,
      parity,
    };
    await mkdir(dirname(to), { recursive: true });
    await writeFileAtomically(to, await readFile(model));
    await writeFileAtomically(`${to}.import.json`, `${JSON.stringify(record, null, 2)}\n`);
    return record;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a folder of MLflow only the model is taken, beside texts; its other files stay where they are. */
function concerns({ from, file }: ModelSource, path: string): boolean {
  return from !== 'mlflow' || path === file || !path.endsWith('.py');
}

interface Converting {
  readonly source: ModelSource;
  /** Where to work. */
  readonly folder: string;
  readonly request: ImportModelRequest;
  /** Whether its tensors are in other files. */
  readonly readsOthers: boolean;
}

interface Converted {
  readonly inputs: readonly string[] | null;
  readonly classes: readonly string[] | null;
  readonly versions: { readonly [name: string]: string } | null;
  /** What the original says of the rows: numbers, or probabilities by class. */
  readonly answers: readonly (readonly number[])[] | null;
}

async function convert(project: Project, { source, folder, request, readsOthers }: Converting): Promise<Converted> {
  const { source: path, signal, onStep } = request;
  const isFile = (await stat(path)).isFile();
  if (source.kind === 'onnx' && !readsOthers) {
    await copyFile(isFile ? path : join(path, source.file), join(folder, 'model.onnx'));
    return { inputs: null, classes: null, versions: null, answers: null };
  }
  const given = join(folder, 'given');
  for (const file of isFile ? [basename(path)] : entriesBelow(path).files) {
    await mkdir(dirname(join(given, file)), { recursive: true });
    await copyFile(isFile ? path : join(path, file), join(given, file));
  }
  const rows = source.kind === 'onnx' ? null : await readRows(request);
  await writeFile(
    join(folder, 'request.json'),
    JSON.stringify({ kind: source.kind, model: `given/${isFile ? basename(path) : source.file}`, rows }),
  );
  await writeFile(join(folder, 'convert.py'), convertScriptText);
  const python = await pythonOf(project, { signal, onBuild: (doing) => onStep(`virtual environment: ${doing}`) });
  onStep('converting in a sandbox');
  const said: string[] = [];
  const onText = (text: string): void => eachLine(text, (line) => void said.push(line));
  const code = await runSandboxed({ argv: [python, 'convert.py'], python, folder, platform: project.platform, signal, onText });
  return answerOf(
    path,
    await readTextIfThere(join(folder, 'answer.json')),
    [`Python ended with exit code ${code}`, ...said.slice(-8)].join('\n'),
  );
}

const list = <T>(item: shape.Shape<T>): shape.Field<readonly T[], false> => shape.optional(shape.list(item));
const answerShape = shape.object({
  inputs: list(shape.text()),
  classes: list(shape.text()),
  answers: shape.optional(shape.anything()),
  versions: shape.optional(shape.record(shape.text())),
  missing: shape.optional(shape.text()),
  failed: shape.optional(shape.text()),
});

/** What Python says comes from the model's code: it is checked like any input. */
function answerOf(path: string, text: string | null, otherwise: string): Converted {
  const parsed = text === null ? null : shape.parse(answerShape, JSON.parse(text));
  if (parsed === null || !parsed.ok) throw notConverted(path, otherwise, null);
  const { inputs = null, classes = null, versions = null, answers = null, missing, failed } = parsed.value;
  if (missing !== undefined)
    throw notConverted(
      path,
      `the project's Python has no "${missing}"`,
      `Add it to the requirements, in a project of its own if need be: ${packageOf(missing)}`,
    );
  if (failed !== undefined) throw notConverted(path, failed, 'Convert it where it was made, and import the ONNX file');
  return { inputs, classes, versions, answers: answers === null ? null : numbersOf(answers) };
}

function packageOf(module: string): string {
  return module === 'sklearn' ? 'scikit-learn' : module;
}

function numbersOf(answers: unknown): readonly (readonly number[])[] {
  return (Array.isArray(answers) ? answers : []).map((row: unknown) =>
    (Array.isArray(row) ? row : [row]).map((cell) => (cell === null ? Number.NaN : Number(cell))),
  );
}

function notConverted(path: string, why: string, hint: string | null): Error {
  return failure('TG-MODELS-IMPORT', `Cannot import "${path}": it cannot be converted: ${why}`, hint);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly cells: readonly unknown[];
}

const typesOfEngine: readonly (readonly [RegExp, string])[] = [
  [/^(BOOLEAN)$/, 'boolean'],
  [/^U?(TINY|SMALL|BIG|HUGE)?INT/, 'integer'],
  [/^(DOUBLE|FLOAT|DECIMAL)/, 'number'],
];

/** @throws TG-CLI-USAGE without rows */
async function readRows({ rows, source, signal }: ImportModelRequest): Promise<readonly Column[]> {
  if (rows === null)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot import "${source}": a model that is converted is held against the original on rows, and none are given`,
      'Give some: --rows FILE.csv',
    );
  using engine = await openEngine({ threads: 2, signal });
  const from = rowsSql(rows);
  const columns = await engine.describe(`SELECT * FROM ${from}`);
  const found = await engine.rows(`SELECT * FROM ${from} LIMIT ${mostRows}`);
  if (found.length === 0)
    throw failure('TG-CLI-USAGE', `Cannot compare on the rows of "${rows}": there are none`, 'Give some: --rows FILE.csv');
  return columns.map(({ name, type }) => {
    const kind = typesOfEngine.find(([form]) => form.test(type))?.[1] ?? 'string';
    const cellOf = (value: unknown): unknown =>
      value === null ? null : kind === 'string' ? String(value) : kind === 'boolean' ? value === true : Number(value);
    return { name, type: kind, cells: found.map((row) => cellOf(row[name])) };
  });
}

function rowsSql(file: string): string {
  const extension = extname(file).toLowerCase();
  if (extension === '.parquet') return `read_parquet(${quoteText(file)})`;
  return extension === '.jsonl' || extension === '.json' ? `read_json(${quoteText(file)})` : `read_csv(${quoteText(file)})`;
}

interface ToCompare {
  readonly model: string;
  readonly folder: string;
  readonly made: Converted;
  readonly request: ImportModelRequest;
}

/** Lets the runtime that will serve the model answer for the same rows. */
async function parityOf(project: Project, { model, folder, made, request }: ToCompare): Promise<Parity> {
  const { inputs, classes, answers } = made;
  request.onStep('comparing with the original');
  using engine = await openEngine({ threads: 2, signal: request.signal });
  const [rows, out] = [join(folder, 'rows.parquet'), join(folder, 'out.parquet')];
  const from = `(SELECT * FROM ${rowsSql(request.rows ?? '')} LIMIT ${mostRows})`;
  await engine.run(`COPY ${from} TO ${quoteText(rows)} (FORMAT parquet)`);
  const types = new Map(
    (await engine.describe(`SELECT * FROM ${from}`)).map(({ name, type }) => [
      name,
      typesOfEngine.find(([form]) => form.test(type))?.[1] ?? 'string',
    ]),
  );
  const task: Task = classes === null ? 'regression' : classes.length === 2 ? 'binary' : 'multiclass';
  const columns = (inputs ?? []).map((name) => ({ name, type: (types.get(name) ?? 'string') as Signature['inputs'][number]['type'] }));
  const signature: Signature = { task, inputs: columns, classes: classes ?? [] };
  const description = join(folder, 'signature.json');
  await writeFile(description, JSON.stringify(signature));
  const said: string[] = [];
  const options = ['--model', model, '--flavor', 'onnx', '--signature', description, '--input', rows, '--output', out, '--threads', '2'];
  const { code } = await runCommand([...project.serving.argv, 'score', ...options], {
    cwd: folder,
    variables: stepVariables({ declared: compileCacheVariables(), python: null, cpus: 2, scratch: folder }),
    signal: request.signal,
    timeoutMs: null,
    onText: (_, text) => eachLine(text, (line) => void said.push(line)),
  });
  request.signal.throwIfAborted();
  if (code !== 0) throw notConverted(request.source, `the copy does not run: ${said.slice(-4).join('\n')}`, null);
  const found = await engine.rows(`SELECT * FROM read_parquet(${quoteText(out)}) ORDER BY row`);
  const copy = found.map((row) =>
    task === 'multiclass' ? (row['probabilities'] as readonly number[]).map(Number) : [Number(row['prediction'])],
  );
  const original = (answers ?? []).map((row) => (task === 'binary' ? row.slice(1) : row));
  return compareAnswers(original, copy);
}

function unlike(path: string, { rows, different, largestDifference, tolerance }: Parity): Error {
  return failure(
    'TG-MODELS-PARITY',
    `Cannot import "${path}": converted to ONNX it answers otherwise for ${different} of ${rows} rows, by up to ${largestDifference.toPrecision(3)} where ${tolerance} of the number is allowed`,
    'Keep the pickle as the model of a step, or train for ONNX: a step of another type, such as one of 64 bits, may have no counterpart',
  );
}

/** What to write into `tidegate.yaml`, so that the model takes the way of every other. */
export function stepFor(project: Pick<Project, 'root'>, to: string): string {
  const path = relative(project.root, to);
  return `steps:\n  imported: { run: cp ${path} model.onnx, in: [${path}], out: { model: model.onnx } }\n`;
}
