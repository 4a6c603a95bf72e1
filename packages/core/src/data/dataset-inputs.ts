import { join } from 'node:path';
import { digest, type Digest, failure, type Json } from '@tidegate/formats';
import { keptFiles, type PartitionsConfig, type QuarantineConfig, type SplitConfig, type TableConfig } from '../config/index.ts';
import type { ResolvedInput, StepContext } from '../pipeline/index.ts';
import { linkText, realpathSync, statSync } from '../platform/index.ts';
import { endOfLink, type ObjectStore } from '../store/index.ts';
import { refusePointers } from './lfs-pointer.ts';
import { quarantineSetting } from './quarantine/quarantine-setting.ts';
import { partitionsSetting, tableSetting } from './table-setting.ts';

/** A file that a dataset step is given. */
export interface InputFile {
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
  /** For a symbolic link to another file of the dataset, where it leads. */
  readonly link?: string;
  /** Where it lies in the working tree; null for one that is in the store only. */
  readonly source: string | null;
}

/** What a dataset version is made of and with: as much of a step's context as that takes. */
export type DatasetContext = Pick<StepContext, 'node' | 'inputs' | 'store' | 'signal' | 'progress'>;

/** What a dataset step works on, out of its context. */
export interface DatasetInputs {
  readonly dataset: string;
  /** Sorted by path, as they come. */
  readonly files: readonly InputFile[];
  /** The table or tree that was read, whose rows the files have; null for files of the project, and where not all of it is kept. */
  readonly reading: Digest | null;
  readonly contract: { readonly path: string; readonly digest: Digest; readonly text: string } | null;
  readonly settings: {
    readonly time: string | null;
    readonly holdout: number | null;
    readonly split: SplitConfig | null;
    readonly format: 'files' | null;
    readonly table: TableConfig | null;
    readonly partitions: PartitionsConfig | null;
    readonly quarantine: QuarantineConfig | null;
  };
}

/**
 * Puts the files of the step into the store and tells the data contract from the data.
 *
 * @param root the working tree, where links can be told from files; null when there is none
 * @throws TG-DATA-NO-FILES, TG-DATA-PARTITION, TG-DATA-POINTER, TG-STORE-FILE-CHANGED
 */
export async function datasetInputs(context: DatasetContext, root: string | null): Promise<DatasetInputs> {
  const { node, inputs, store } = context;
  const contractPath = plainPath(node.settings['contract'] ?? null);
  const found = inputs.find(({ name }) => name === contractPath);
  const data = inputs.filter((input) => input !== found);
  refusePointers(data.flatMap(({ name: path, source: file, artifact: { bytes } }) => (file === null ? [] : [{ path, file, bytes }])));
  const table = tableSetting(node.settings['table']);
  // of a table the rows are kept, and not the files as well
  await keep(store, table === null ? inputs : inputs.filter(({ source, name }) => source === null || name === contractPath));
  const links = linksAmong(data, root);
  const own = data.map(({ name: path, source, artifact }): InputFile => {
    const [link, executable] = [links[path], source !== null && isExecutable(source)];
    return {
      path,
      digest: artifact.digest,
      bytes: artifact.bytes,
      source,
      ...(executable && { executable: true }),
      ...(link !== undefined && { link }),
    };
  });
  const contract =
    contractPath === null || found === undefined
      ? null
      : {
          path: contractPath,
          digest: found.artifact.digest,
          text: decode(contractPath, await store.readBytes(found.artifact.digest)),
        };
  const dataset = node.name.slice('data.'.length);
  const reading = readingOf(context, dataset);
  const given = reading === null ? own : (await store.readTree(reading)).entries.map((entry): InputFile => ({ ...entry, source: null }));
  const partitions = partitionsSetting(node.settings['partitions']);
  const { kept: files, leftOut } = partitions === null ? { kept: given, leftOut: null } : keptFiles(given, partitions);
  if (files.length === 0) throw noFiles(dataset, node.settings['files'] ?? null);
  const { time, holdout, split, format } = node.settings;
  return {
    dataset,
    files,
    reading: leftOut === null ? reading : null,
    contract,
    settings: {
      time: textOf(time),
      holdout: numberOf(holdout),
      split: (split ?? null) as SplitConfig | null, // as datasetNodes wrote it
      format: format === 'files' ? 'files' : null,
      table,
      partitions,
      quarantine: quarantineSetting(node.settings['quarantine']),
    },
  };
}

/** The symbolic links among files that lead to other files among them, by path: all that of links is kept. */
export function linksAmong(
  inputs: readonly Pick<ResolvedInput, 'name' | 'source'>[],
  root: string | null,
): { readonly [path: string]: string } {
  if (root === null) return {};
  const [real, names] = [realpathSync(root), new Set(inputs.map(({ name }) => name))];
  const links: { [path: string]: string } = {};
  for (const { name, source } of inputs) {
    const link = source === null || source === join(real, name) ? null : linkText(join(real, name));
    const end = link === null ? null : endOfLink(name, link);
    if (link !== null && end !== null && end !== name && names.has(end)) links[name] = link;
  }
  return links;
}

/** Whether it is, as the key has it. */
function isExecutable(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0;
}

/** @throws TG-DATA-NOT-READ */
function readingOf({ node }: DatasetContext, dataset: string): Digest | null {
  const { source, reading, notAtHand } = node.settings;
  if (source === undefined) return null;
  if (typeof reading === 'string') return digest(reading);
  if (notAtHand !== undefined)
    throw failure(
      'TG-DATA-NOT-READ',
      `Cannot use the version of data.${dataset} that tidegate.lock pins: it is neither on this machine nor on a remote`,
      `Name the remote that has it, or read the source anew: tidegate data add ${dataset}`,
    );
  throw failure(
    'TG-DATA-NOT-READ',
    `Cannot make a version of data.${dataset}: its source was never read`,
    `Run: tidegate run data.${dataset}`,
  );
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure('TG-CONFIG-NOT-TEXT', `Cannot read "${path}" as text: its bytes are not UTF-8`, `Save "${path}" as UTF-8`);
  }
}

async function keep(store: ObjectStore, inputs: readonly ResolvedInput[]): Promise<void> {
  const gone = new Set(await store.missing(inputs.map(({ artifact: { digest, bytes } }) => ({ digest, bytes }))));
  await store.putFiles(
    inputs.flatMap(({ source, artifact: { digest, bytes } }) =>
      source !== null && gone.has(digest) ? [{ path: source, known: digest, bytes }] : [],
    ),
  );
}

function noFiles(dataset: string, patterns: Json): Error {
  const listed = Array.isArray(patterns) ? patterns.map((pattern) => `"${String(pattern)}"`).join(', ') : 'its pattern';
  return failure(
    'TG-DATA-NO-FILES',
    `Cannot read data.${dataset}: no file matches ${listed}`,
    `Correct "from" of "${dataset}" in tidegate.yaml`,
  );
}

function plainPath(setting: Json): string | null {
  return typeof setting === 'string' ? setting.replace(/^(\.\/)+/, '') : null;
}

function textOf(setting: Json | undefined): string | null {
  return typeof setting === 'string' ? setting : null;
}

function numberOf(setting: Json | undefined): number | null {
  return typeof setting === 'number' ? setting : null;
}
