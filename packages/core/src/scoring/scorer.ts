import { join } from 'node:path';
import type { DatasetVersion, Digest, FeatureColumn, ReleaseManifest } from '@tidegate/formats';
import { loadDefinitions, type OfflineLookUp, openOfflineLookUp } from '../features/index.ts';
import { checkOutRelease, type ReleaseSignature } from '../packaging/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { openModelProcess } from './model-process.ts';
import { keyColumns } from './request-query.ts';

export interface ScorerOptions {
  readonly store: ObjectStore;
  /** How the command line of the serving processes starts. */
  readonly argv: readonly string[];
  readonly release: Digest;
  /** Every dataset its features read. */
  readonly datasets: readonly DatasetVersion[];
  /** The signature that the release is held against before it is loaded; null where there is none and none is needed. */
  readonly signature: (release: Digest) => Promise<ReleaseSignature | null>;
  /** Python that has the packages of a model that is not ONNX. */
  readonly python: (manifest: ReleaseManifest, folder: string) => Promise<string | null>;
  readonly variables: { readonly [name: string]: string };
  /** Folder to work in. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** A release ready to score rows, with its features out of datasets. */
export interface Scorer {
  /** What a row must have. */
  readonly fields: readonly FeatureColumn[];
  /** Scores the rows of `requestQuery` in a Parquet file; lines of JSON come out: docs/reference/formats/score-job.md. */
  readonly score: (files: ScoringFiles) => Promise<{ readonly rows: number; readonly scored: number }>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export interface ScoringFiles {
  readonly requests: string;
  /** Where the rows go with the features that were looked up; where nothing is looked up no such file is written. */
  readonly found: string;
  readonly output: string;
  /** Whether each row is predicted by itself, as in a request of one row. */
  readonly alone?: boolean;
}

/** Loads the model in a process of its own, and computes the views of its features. */
export async function openScorer(options: ScorerOptions): Promise<Scorer> {
  const { store, argv, release, variables, folder, signal } = options;
  const place = join(folder, 'release');
  const manifest = await checkOutRelease(store, release, place, await options.signature(release));
  const python = manifest.python === null ? null : await options.python(manifest, place);
  const model = await openModelProcess({ argv, release: place, python, variables, signal });
  const closing: (() => Promise<void>)[] = [() => model[Symbol.asyncDispose]()];
  const close = async (): Promise<void> => {
    for (const one of closing.toReversed()) await one();
  };
  try {
    const look = await lookUpOf(manifest, options);
    if (look !== null) closing.push(async () => look[Symbol.dispose]());
    const keys = keyColumns(model.fields, manifest.features?.keys ?? []);
    return {
      fields: model.fields,
      score: async ({ requests, found, output, alone = false }) => {
        if (look === null) return model.score({ requests, output, alone });
        await look.look({ from: requests, to: found, keys });
        return model.score({ requests: found, output, alone });
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether rows of a release have a moment: their features are looked up as of it. */
export function looksUp({ features }: ReleaseManifest): boolean {
  return features !== null && features.views.length > 0;
}

async function lookUpOf(manifest: ReleaseManifest, { store, datasets, folder, signal }: ScorerOptions): Promise<OfflineLookUp | null> {
  const { features, definitions } = manifest;
  if (features === null || definitions === null || !looksUp(manifest)) return null;
  return openOfflineLookUp({ store, spec: features, definition: await loadDefinitions(store, definitions), datasets, folder, signal });
}
