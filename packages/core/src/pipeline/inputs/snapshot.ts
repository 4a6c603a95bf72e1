import { compareCodeUnits, type Diagnostic, type Digest, type Place, type StepName, TidegateError } from '@tidegate/formats';
import type { FileDigests, FileStamp } from '../../store/index.ts';
import { isGlob } from './glob.ts';
import { outputPaths } from '../graph/output-paths.ts';
import { type FoundFile, type ProjectFiles, projectFiles } from './project-files.ts';
import type { StepInput, StepNode } from '../step-kind.ts';

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

/** @throws TG-PIPELINE-INPUT-MISSING, -INPUT-OUTSIDE, -INPUT-IS-OUTPUT, -INPUT-NAME: all that are found at once */
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
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      matches.set(input.pattern, []);
      diagnostics.push(...error.diagnostics.map((diagnostic) => ({ ...diagnostic, place: diagnostic.place ?? place() })));
    }
  }
  diagnostics.push(...steps.flatMap((node) => missesAll(node, matches, placeOfInput)));
  const [first, ...rest] = diagnostics;
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  const read = await readAll(new Map([...matches.values()].flat().map((file) => [file.path, file])), digests);
  return { filesOf: (node) => filesOf(node, matches, read) };
}

function projectInputs(steps: readonly StepNode[]): readonly { readonly node: StepNode; readonly input: ProjectInput }[] {
  return steps.flatMap((node) => node.inputs.flatMap((input) => (input.from === 'project' ? [{ node, input }] : [])));
}

async function readAll(found: ReadonlyMap<string, FoundFile>, digests: FileDigests): Promise<ReadonlyMap<string, ProjectFile>> {
  const files = [...found.values()];
  const readings = await digests.ofAll(files.map(({ file, stat }) => ({ path: file, stat })));
  const read = files.flatMap(({ path, file, stat }, index): readonly ProjectFile[] => {
    const reading = readings[index];
    return reading === undefined
      ? []
      : [{ path, file, ...reading, bytes: Number(reading.stamp.bytes), executable: (stat.mode & 0o100n) !== 0n }];
  });
  digests.save();
  return new Map(read.map((file) => [file.path, file]));
}

function filesOf(
  node: StepNode,
  matches: ReadonlyMap<string, readonly FoundFile[]>,
  read: ReadonlyMap<string, ProjectFile>,
): readonly ProjectFile[] {
  const paths = node.inputs
    .flatMap((input) => (input.from === 'project' ? (matches.get(input.pattern) ?? []) : []))
    .map((file) => file.path);
  return [...new Set(paths)].sort(compareCodeUnits).flatMap((path) => read.get(path) ?? []);
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
