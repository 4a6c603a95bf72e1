import { join } from 'node:path';
import { canOverlap, commandPaths, type outputsAt, type ProjectConfig } from '../config/index.ts';
import { existsSync } from '../platform/index.ts';

/** What the words of a command name: they are read without being declared. */
export interface ArgumentReads {
  /** Files and folders of the project. */
  readonly files: readonly string[];
  readonly datasets: readonly string[];
  /** Datasets whose rows that were put aside are named by the path where they lie. */
  readonly quarantines: readonly string[];
  /** Feature services whose training sets are named by the path where they lie. */
  readonly trainingSets: readonly string[];
  /** Outputs of other steps. */
  readonly outputs: readonly { readonly step: string; readonly output: string }[];
}

export interface ReadingCommand {
  readonly config: ProjectConfig;
  readonly root: string;
  /** Name of the step; null for tests. */
  readonly step: string | null;
  /** The outputs of all steps. */
  readonly outputs: ReturnType<typeof outputsAt>;
}

/**
 * Finds what the words of `run` name: files and folders that are there (`train.py`, `tests/unit`, `--config=params.yaml`), files of
 * datasets, outputs of steps. A path in or around an output of the step itself is where it writes, whatever is there now.
 */
export function readArguments(run: readonly string[], { config, root, step, outputs }: ReadingCommand): ArgumentReads {
  const reads = commandPaths(run).map(({ path }) => readsOf(path, { config, root, step, touching: outputs(path) }));
  return {
    files: [...new Set(reads.flatMap(({ files }) => files))],
    datasets: [...new Set(reads.flatMap(({ datasets }) => datasets))],
    quarantines: reads.flatMap(({ quarantines }) => quarantines),
    trainingSets: reads.flatMap(({ trainingSets }) => trainingSets),
    outputs: reads.flatMap(({ outputs }) => outputs),
  };
}

interface Around {
  readonly config: ProjectConfig;
  readonly root: string;
  readonly step: string | null;
  /** Outputs at the path, in it or around it. */
  readonly touching: ArgumentReads['outputs'];
}

function readsOf(path: string, { config, root, step, touching }: Around): ArgumentReads {
  const nothing: ArgumentReads = { files: [], datasets: [], quarantines: [], trainingSets: [], outputs: [] };
  if (touching.some((output) => output.step === step)) return nothing;
  if (touching.length > 0) return { ...nothing, outputs: touching };
  const datasets = Object.entries(config.data).flatMap(([name, { from }]) =>
    from.files.some((files) => canOverlap(path, files)) ? [name] : [],
  );
  if (datasets.length > 0) return { ...nothing, datasets };
  const trainingSet = /^build\/features\/([^/]+)\/train\.parquet$/.exec(path)?.[1];
  if (trainingSet !== undefined) return { ...nothing, trainingSets: [trainingSet] };
  const aside = /^build\/quarantine\/([^/]+)\.quarantine\.parquet$/.exec(path)?.[1];
  if (aside !== undefined && config.data[aside]?.quarantine !== undefined) return { ...nothing, quarantines: [aside] };
  return existsSync(join(root, path)) ? { ...nothing, files: [path] } : nothing;
}
