import type { Digest } from './digest.ts';
import type { FeatureColumn } from './feature-set.ts';

/** What a model answers for a row: which of two or of several classes, which of several labels, a number. */
export type Task = 'binary' | 'multiclass' | 'multilabel' | 'regression';

/** How a model is run: ONNX in our worker threads; a pickle or a Python file with a `predict` function in the user's own environment. */
export type Flavor = 'onnx' | 'pickle' | 'function';

/** What a model takes and gives. */
export interface Signature {
  readonly task: Task;
  readonly inputs: readonly FeatureColumn[];
  /** Class names of a classifier in the order of its probabilities; empty for regression. For binary the second is the positive one; of several labels the labels. */
  readonly classes: readonly string[];
}

/** A model version: an artifact with a signature and lineage; its digest is the version's name. */
export interface ModelVersion {
  readonly format: 'tidegate.model-version/1';
  readonly model: string;
  readonly artifact: Digest;
  readonly bytes: number;
  readonly flavor: Flavor;
  /** File name inside the model folder, e.g. `delay.onnx`. */
  readonly file: string;
  readonly signature: Signature;
  /** Key of the training step; what it read is in that key's record. */
  readonly trainedBy: Digest;
  /** Digest of the training set (a Parquet file of a feature service, a tree of a dataset), so that its rows are left out of comparisons; null when the training step reads neither. */
  readonly trainedOn: Digest | null;
}
