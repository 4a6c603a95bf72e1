import { type Digest, failure, type Json } from '@tidegate/formats';
import type { ResolvedInput, StepContext } from '../pipeline/index.ts';
import type { DatasetFile } from './read/dataset-file.ts';

/** What a dataset step works on, out of its context. */
export interface DatasetInputs {
  readonly dataset: string;
  /** Sorted by path, as they come. */
  readonly files: readonly DatasetFile[];
  readonly contract: { readonly path: string; readonly digest: Digest; readonly text: string } | null;
  readonly settings: { readonly time: string | null; readonly holdout: number | null };
}

/**
 * Puts the files of the step into the store and tells the data contract from the data.
 * @throws TG-DATA-NO-FILES, TG-STORE-FILE-CHANGED
 */
export async function datasetInputs(context: StepContext): Promise<DatasetInputs> {
  const { node, inputs, store } = context;
  const contractPath = plainPath(node.settings['contract'] ?? null);
  const files: DatasetFile[] = [];
  let contract: DatasetInputs['contract'] = null;
  for (const input of inputs) {
    await keep(context, input);
    const { digest, bytes } = input.artifact;
    if (input.name === contractPath) contract = { path: input.name, digest, text: decode(input.name, await store.readBytes(digest)) };
    else files.push({ path: input.name, digest, bytes, object: await store.pathOf(digest) });
  }
  const dataset = node.name.slice('data.'.length);
  if (files.length === 0) throw noFiles(dataset, node.settings['files'] ?? null);
  return { dataset, files, contract, settings: { time: textOf(node.settings['time']), holdout: numberOf(node.settings['holdout']) } };
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw failure('TG-CONFIG-NOT-TEXT', `Cannot read "${path}" as text: its bytes are not UTF-8`, `Save "${path}" as UTF-8`);
  }
}

async function keep({ store }: StepContext, { source, artifact }: ResolvedInput): Promise<void> {
  if (source !== null && !(await store.has(artifact.digest))) await store.putFile(source, artifact.digest);
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
