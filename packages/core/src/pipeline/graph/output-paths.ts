import { compareCodeUnits, type Diagnostic, fanOutOf, type StepName } from '@tidegate/formats';
import { isTreePath } from '../../store/index.ts';
import type { StepNode } from '../step-kind.ts';

interface PlacedOutput {
  /** `steps.train/model` */
  readonly name: string;
  readonly step: StepName;
  readonly path: string;
}

/** Outputs that could not be written side by side: paths that lead out of the project, and paths that meet. */
export function outputMistakes(steps: readonly StepNode[]): readonly Diagnostic[] {
  const outputs = steps.flatMap(placedOutputs);
  return [...outputs.filter((output) => !mayWriteTo(output.path)).map(badPath), ...clashes(outputs)];
}

/** Every path that some step writes to, with the qualified name of the output. */
export function outputPaths(steps: Iterable<StepNode>): ReadonlyMap<string, string> {
  return new Map([...steps].flatMap(placedOutputs).map(({ path, name }) => [path, name]));
}

function placedOutputs(node: StepNode): readonly PlacedOutput[] {
  return node.outputs.flatMap(({ name, path, isAside = false }) =>
    path === null || isAside ? [] : [{ name: `${node.name}/${name}`, step: node.name, path }],
  );
}

function mayWriteTo(path: string): boolean {
  return isTreePath(path) && path.split('/').every((part) => part.toLowerCase() !== '.git');
}

/**
 * Sorted with a slash behind each, whatever lies inside an output follows it directly. Items of a fan-out write into the folders that it
 * collects, each to a place of its own.
 */
function clashes(outputs: readonly PlacedOutput[]): readonly Diagnostic[] {
  const sorted = outputs.toSorted((a, b) => compareCodeUnits(`${a.path}/`, `${b.path}/`) || compareCodeUnits(a.name, b.name));
  const found: Diagnostic[] = [];
  let outer: PlacedOutput | undefined;
  let item: PlacedOutput | undefined;
  for (const output of sorted) {
    if (outer === undefined || !isInside(output, outer)) [outer, item] = [output, undefined];
    else if (fanOutOf(output.step) !== outer.step) found.push(clash(outer, output));
    else if (item === undefined || !isInside(output, item)) item = output;
    else found.push(clash(item, output));
  }
  return found;
}

function isInside(output: PlacedOutput, outer: PlacedOutput): boolean {
  return `${output.path}/`.startsWith(`${outer.path}/`);
}

function badPath({ name, path }: PlacedOutput): Diagnostic {
  return {
    code: 'TG-PIPELINE-OUTPUT-PATH',
    message: `Cannot write the output "${name}" to "${path}": the path is not one inside the project`,
    hint: 'Write a path relative to the project, for instance "models/model.onnx"',
    place: null,
  };
}

function clash(one: PlacedOutput, other: PlacedOutput): Diagnostic {
  const found = one.path === other.path ? `Cannot write "${one.path}" twice` : `Cannot write "${other.path}" inside "${one.path}"`;
  return {
    code: 'TG-PIPELINE-OUTPUT-CLASH',
    message: `${found}: one is "${one.name}", the other "${other.name}"`,
    hint: 'Give one of them another path',
    place: null,
  };
}
