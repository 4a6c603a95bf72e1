/** A step of a graph that is measured: it copies its first input to its output; the root step filters the comments out of the source. */
export interface Step {
  readonly name: string;
  /** Outputs of other steps, or {@link source}, {@link rootScript}, {@link leaf}; the first is what is copied. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly argv: readonly string[];
}

/** Steps after all that they read; the first is the root, the last one alone reads {@link leaf}. */
export interface Graph {
  readonly shape: Shape;
  /** What is in the project before the first run. */
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export const shapes = ['chain', 'fan', 'layers', 'ml'] as const;
export type Shape = (typeof shapes)[number];

export const source = 'source.txt';
export const leaf = 'leaf.txt';
export const rootScript = 'root.sh';

/** A comment of the source changes nothing of what the root step makes. */
const files: Readonly<Record<string, string>> = {
  [source]: '# a comment\na small file\n',
  [leaf]: 'a leaf\n',
  [rootScript]: "grep -v '^#' source.txt > out/s0.txt\n",
};

/** A graph of so many steps: a chain; a fan and what joins it; ten layers that read two of the layer before; a training of many configurations. */
export function graphOf(shape: Shape, size: number): Graph {
  const needs = (index: number): readonly number[] => {
    if (index === 0) return [];
    if (shape === 'chain') return [index - 1];
    if (shape === 'fan') return index < size - 1 ? [0] : range(0, size - 1);
    if (shape === 'layers') return inLayers(index, Math.max(1, Math.floor(size / 10)));
    return inTraining(index, size);
  };
  const steps = range(0, size).map((index) => stepOf(index, needs(index), index === size - 1));
  return { shape, files, steps };
}

function inLayers(index: number, width: number): readonly number[] {
  if (index < width) return [0];
  const layer = Math.floor(index / width) * width;
  return [...new Set([index - width, layer - width + ((index - layer + 1) % width)])];
}

/** Ingest, validate, a training for each configuration and fold, evaluate, gate, package. */
function inTraining(index: number, size: number): readonly number[] {
  const evaluate = size - 3;
  if (index === 1) return [0];
  if (index < evaluate) return [1];
  return index === evaluate ? range(1, evaluate) : [index - 1];
}

function stepOf(index: number, needs: readonly number[], isLast: boolean): Step {
  const output = outputOf(index);
  if (index === 0) return { name: 's0', inputs: [source, rootScript], output, argv: ['sh', rootScript] };
  const inputs = [...needs.map(outputOf), ...(isLast ? [leaf] : [])];
  return { name: `s${index}`, inputs, output, argv: ['cp', inputs[0] ?? '', output] };
}

function outputOf(index: number): string {
  return `out/s${index}.txt`;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
