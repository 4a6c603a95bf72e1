import { compareCodeUnits, type Diagnostic, type Digest, type Place, type StepName, TidegateError } from '@tidegate/formats';
import { realpathSync } from '../../platform/index.ts';
import type { FileDigests, FileStamp } from '../../store/index.ts';
import { keptFiles } from '../../config/index.ts';
import { isGlob } from './glob.ts';
import { outputPaths } from '../graph/output-paths.ts';
import { type FoundFile, type ProjectFiles, projectFiles } from './project-files.ts';
import type { StepInput, StepNode } from '../step-kind.ts';
import { unreadableInput } from './unreadable-input.ts';

/** A file of the project as it was when the run was planned. */
export interface ProjectFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  /** Absolute path of its bytes. */
  readonly file: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable: boolean;
  readonly stamp: FileStamp;
  /** Whether the stamp alone shows any later change; false for a file as young as the reading. */
  readonly settled: boolean;
}

/** The project's inputs, read once: every key of a run is made from this, whatever happens to the files meanwhile. */
export interface Snapshot {
  /** Files of the project that a step reads, sorted by path, each once. */
  readonly filesOf: (node: StepNode) => readonly ProjectFile[];
}

export interface SnapshotOptions {
  readonly root: string;
  /** Steps whose inputs are read. */
  readonly steps: readonly StepNode[];
  /** All steps of the project: what they make is never an input by its path. */
  readonly allSteps: readonly StepNode[];
  readonly digests: FileDigests;
  /** Folders that are left out, absolute. */
  readonly except: readonly string[];
  /** Where an input is named, for mistakes. */
  readonly placeOfInput: (step: StepName, pattern: string) => Place | null;
}

type ProjectInput = Extract<StepInput, { readonly from: 'project' }>;

/** @throws TG-PIPELINE-INPUT-MISSING, -INPUT-OUTSIDE, -INPUT-IS-OUTPUT, -INPUT-NAME, -INPUT-UNREADABLE, TG-DATA-PARTITION: all that are found at once */
export async function takeSnapshot({ root, steps, allSteps, digests, except, placeOfInput }: SnapshotOptions): Promise<Snapshot> {
  const files = projectFiles(root, except);
  const made = madeFiles(allSteps);
  const matches = new Map<string, readonly FoundFile[]>();
  const diagnostics: Diagnostic[] = [];
  for (const { node, input } of projectInputs(steps)) {
    const place = (): Place | null => placeOfInput(node.name, input.pattern);
    try {
      const matching = matches.get(input.pattern) ?? files.matching(input.pattern);
      matches.set(
        input.pattern,
        matching.filter((file) => made.by(file.path) === null),
      );
      diagnostics.push(...mistakesOf({ node, input, matching, made, files, place }));
    } catch (thrown) {
      const error = unreadableInput(realpathSync(root), thrown);
      if (!(error instanceof TidegateError)) throw error;
      matches.set(input.pattern, []);
      diagnostics.push(...error.diagnostics.map((diagnostic) => ({ ...diagnostic, place: diagnostic.place ?? place() })));
    }
  }
  diagnostics.push(...steps.flatMap((node) => missesAll(node, matches, placeOfInput)));
  const leftOut = new Map<StepName, ReadonlySet<string>>();
  for (const node of steps)
    try {
      const paths = pathsLeftOut(node, matches);
      if (paths.size > 0) leftOut.set(node.name, paths);
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      diagnostics.push(...error.diagnostics.map((one) => ({ ...one, place: one.place ?? placeOfPartitions(node, placeOfInput) })));
    }
  const [first, ...rest] = diagnostics;
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  const read = await readAll(foundFiles(steps, matches, leftOut), digests).catch((error: unknown) => {
    throw unreadableInput(realpathSync(root), error);
  });
  return {
    filesOf: (node) => {
      const [files, without] = [filesOf(node, matches, read), leftOut.get(node.name)];
      return without === undefined ? files : files.filter(({ path }) => !without.has(path));
    },
  };
}

/** Files of a step in partitions that are not kept. @throws TG-DATA-PARTITION */
function pathsLeftOut(node: StepNode, matches: ReadonlyMap<string, readonly FoundFile[]>): ReadonlySet<string> {
  const divided = node.inputs.flatMap((input) => (input.from === 'project' && input.partitions !== undefined ? [input] : []));
  const [first] = divided;
  if (first?.partitions === undefined) return new Set();
  const files = new Map(divided.flatMap(({ pattern }) => (matches.get(pattern) ?? []).map((file) => [file.path, file] as const)));
  const kept = new Set(keptFiles([...files.values()], first.partitions).kept.map(({ path }) => path));
  return new Set([...files.keys()].filter((path) => !kept.has(path)));
}

function placeOfPartitions(node: StepNode, placeOfInput: SnapshotOptions['placeOfInput']): Place | null {
  const input = node.inputs.find((one) => one.from === 'project' && one.partitions !== undefined);
  return input?.from === 'project' ? placeOfInput(node.name, input.pattern) : null;
}

function projectInputs(steps: readonly StepNode[]): readonly { readonly node: StepNode; readonly input: ProjectInput }[] {
  return steps.flatMap((node) => node.inputs.flatMap((input) => (input.from === 'project' ? [{ node, input }] : [])));
}

/** What any step reads, each file once. */
function foundFiles(
  steps: readonly StepNode[],
  matches: ReadonlyMap<string, readonly FoundFile[]>,
  leftOut: ReadonlyMap<StepName, ReadonlySet<string>>,
): ReadonlyMap<string, FoundFile> {
  const found = new Map<string, FoundFile>();
  const done = new Set<string>();
  for (const { node, input } of projectInputs(steps)) {
    const without = leftOut.get(node.name);
    if (without === undefined && done.has(input.pattern)) continue;
    for (const file of matches.get(input.pattern) ?? []) if (without?.has(file.path) !== true) found.set(file.path, file);
    if (without === undefined) done.add(input.pattern);
  }
  return found;
}

async function readAll(found: ReadonlyMap<string, FoundFile>, digests: FileDigests): Promise<ReadonlyMap<string, ProjectFile>> {
  const files = [...found.values()];
  const readings = await digests.ofAll(files.map(({ file, stat }) => ({ path: file, stat })));
  const read = new Map<string, ProjectFile>();
  for (const [index, { path, file, stat }] of files.entries()) {
    const reading = readings[index];
    if (reading === undefined) continue;
    const { digest, stamp, settled } = reading;
    read.set(path, { path, file, digest, stamp, settled, bytes: Number(stamp.bytes), executable: (stat.mode & 0o100n) !== 0n });
  }
  digests.save();
  return read;
}

function filesOf(
  node: StepNode,
  matches: ReadonlyMap<string, readonly FoundFile[]>,
  read: ReadonlyMap<string, ProjectFile>,
): readonly ProjectFile[] {
  const [first = [], ...others] = node.inputs.flatMap((input) => (input.from === 'project' ? [matches.get(input.pattern) ?? []] : []));
  // what one pattern matches is sorted, and may be very many files
  const files =
    others.length === 0 ? first : [...new Map([first, ...others].flat().map((file) => [file.path, file])).values()].sort(byPath);
  return files.flatMap(({ path }) => read.get(path) ?? []);
}

function byPath(a: FoundFile, b: FoundFile): number {
  return compareCodeUnits(a.path, b.path);
}

interface MadeFiles {
  /** The output (`steps.clean/table`) that a path is or lies in; null when no step makes it. */
  readonly by: (path: string) => string | null;
}

function madeFiles(steps: readonly StepNode[]): MadeFiles {
  const outputs = outputPaths(steps);
  return {
    by: (path) => {
      for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
        const output = outputs.get(path.slice(0, end));
        if (output !== undefined) return output;
      }
      return null;
    },
  };
}

interface InputFound {
  readonly node: StepNode;
  readonly input: ProjectInput;
  readonly matching: readonly FoundFile[];
  readonly made: MadeFiles;
  readonly files: ProjectFiles;
  readonly place: () => Place | null;
}

/** A required path that a step makes is refused even when nothing is there yet: it would be read once an earlier run has left it. */
function mistakesOf({ node, input, matching, made, files, place }: InputFound): readonly Diagnostic[] {
  const { pattern } = input;
  const maker = isGlob(pattern) || input.required !== true ? null : made.by(pattern.replace(/^(?:\.\/)+|\/+$/g, ''));
  if (maker !== null)
    return [
      {
        code: 'TG-PIPELINE-INPUT-IS-OUTPUT',
        message: `Cannot read "${pattern}" for "${node.name}" from the project: "${maker}" makes it`,
        hint: `Write "${maker}" instead of the path`,
        place: place(),
      },
    ];
  if (input.required !== true || matching.length > 0) return [];
  const near = isGlob(pattern) ? null : files.nearestTo(pattern);
  return [
    {
      code: 'TG-PIPELINE-INPUT-MISSING',
      message: `Cannot find the input "${pattern}" of "${node.name}": no file of the project matches`,
      hint: near === null ? 'Correct the path, or make the file' : `Did you mean "${near}"?`,
      place: place(),
    },
  ];
}

/** Of inputs of which any will do, none is there. */
function missesAll(
  node: StepNode,
  matches: ReadonlyMap<string, readonly FoundFile[]>,
  placeOfInput: SnapshotOptions['placeOfInput'],
): readonly Diagnostic[] {
  const patterns = node.inputs.flatMap((input) => (input.from === 'project' && input.required === 'any' ? [input.pattern] : []));
  const [first] = patterns;
  if (first === undefined || patterns.some((pattern) => (matches.get(pattern) ?? []).length > 0)) return [];
  const listed = patterns.map((pattern) => `"${pattern}"`).join(', ');
  return [
    {
      code: 'TG-PIPELINE-INPUT-MISSING',
      message: `Cannot find an input of "${node.name}": no file of the project matches any of ${listed}`,
      hint: 'Correct a pattern, or make a file',
      place: placeOfInput(node.name, first),
    },
  ];
}
