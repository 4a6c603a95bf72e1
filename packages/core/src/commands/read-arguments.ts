import { join, normalize } from 'node:path';
import { canOverlap, type ProjectConfig } from '../config/index.ts';
import { existsSync } from '../platform/index.ts';

/** What the words of a command name: they are read without being declared. */
export interface ArgumentReads {
  /** Files and folders of the project. */
  readonly files: readonly string[];
  readonly datasets: readonly string[];
  /** Feature services whose training sets are named by the path where they lie. */
  readonly trainingSets: readonly string[];
  /** Outputs of other steps. */
  readonly outputs: readonly { readonly step: string; readonly output: string }[];
}

/**
 * Finds what the words of `run` name: files and folders that are there (`train.py`, `tests/unit`, `--config=params.yaml`), files of
 * datasets, outputs of steps. A path in or around an output of the step itself is where it writes, whatever is there now.
 *
 * @param step name of the step; null for tests
 */
export function readArguments(
  run: readonly string[],
  { config, root, step }: { config: ProjectConfig; root: string; step: string | null },
): ArgumentReads {
  const paths = run.flatMap((word, index) => pathIn(word, index === 0) ?? []);
  const reads = paths.map((path) => readsOf(path, { config, root, step }));
  return {
    files: [...new Set(reads.flatMap(({ files }) => files))],
    datasets: [...new Set(reads.flatMap(({ datasets }) => datasets))],
    trainingSets: reads.flatMap(({ trainingSets }) => trainingSets),
    outputs: reads.flatMap(({ outputs }) => outputs),
  };
}

/** The relative path that a word may be; the first word is a program, which is one of the project only with a slash. */
function pathIn(word: string, isProgram: boolean): string | null {
  const value = word.startsWith('-') ? word.slice(word.indexOf('=') + 1 || word.length) : word;
  const path = normalize((value.split('::')[0] ?? '').replace(/\/+$/, '')); // pytest's tests/a.py::test_b
  if (value === '' || path === '.' || path.startsWith('/') || path.startsWith('..')) return null;
  return isProgram && !value.includes('/') ? null : path;
}

function readsOf(path: string, { config, root, step }: { config: ProjectConfig; root: string; step: string | null }): ArgumentReads {
  const nothing: ArgumentReads = { files: [], datasets: [], trainingSets: [], outputs: [] };
  const touching = Object.entries(config.steps).flatMap(([name, { out }]) =>
    Object.entries(out).flatMap(([output, place]) => (isInOrAround(path, place) ? [{ step: name, output }] : [])),
  );
  if (touching.some((output) => output.step === step)) return nothing;
  if (touching.length > 0) return { ...nothing, outputs: touching };
  const datasets = Object.entries(config.data).flatMap(([name, { from }]) =>
    from.files.some((files) => canOverlap(path, files)) ? [name] : [],
  );
  if (datasets.length > 0) return { ...nothing, datasets };
  const trainingSet = /^build\/features\/([^/]+)\/train\.parquet$/.exec(path)?.[1];
  if (trainingSet !== undefined) return { ...nothing, trainingSets: [trainingSet] };
  return existsSync(join(root, path)) ? { ...nothing, files: [path] } : nothing;
}

function isInOrAround(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || place.startsWith(`${path}/`);
}
