import type { LogicalType } from './dataset-version.ts';
import type { Digest } from './digest.ts';

/** Counts by bin, of the rows of each of two halves that are chosen by chance. */
export type HalvedCounts = readonly [readonly number[], readonly number[]];

interface ReferenceBins {
  /** An input of the model, or `prediction`. */
  readonly column: string;
  readonly role: 'input' | 'prediction';
  readonly type: LogicalType;
  /** Rows by bin: first the bins of values, then rows without a value. */
  readonly counts: HalvedCounts;
  /** The largest total variation distance of one of the reference's `windows` from its other rows; null without windows. */
  readonly usual: number | null;
  /** The same of the share of rows without a value. */
  readonly usualMissing: number | null;
}

/** Bin i holds what is above the edge before it and at most `edges[i]`; the last one what is above all edges. */
export interface OrderedBins extends ReferenceBins {
  readonly kind: 'ordered';
  readonly edges: readonly number[];
  /** Of the rows with a value; null without one. */
  readonly mean: number | null;
  readonly std: number | null;
}

/** A bin for each frequent value, most frequent first, then one for all others that were seen. */
export interface CategoryBins extends ReferenceBins {
  readonly kind: 'categories';
  readonly values: readonly string[];
  /** The others that were seen; null when there are too many to keep, and what is not among `values` counts as one of them. */
  readonly rare: readonly string[] | null;
  /** Rows of each of `rare`, by halves; left out by records of before 2026-12, and without `rare`. */
  readonly rareRows?: HalvedCounts;
}

export type ReferenceColumn = OrderedBins | CategoryBins;

/** What rows of several columns look like together, without the rows: directions that they differ in, and how far they are from what those say of them. */
export interface ReconstructionReference {
  /** What a row is as a point: numbers in standard deviations from their mean, and whether columns have a class. */
  readonly dimensions: readonly (
    | { readonly kind: 'number'; readonly column: string; readonly mean: number; readonly deviation: number }
    | { readonly kind: 'class'; readonly column: string; readonly value: string }
  )[];
  /** Of each dimension. */
  readonly means: readonly number[];
  readonly scales: readonly number[];
  /** Unit vectors of the standardised dimensions. */
  readonly components: readonly (readonly number[])[];
  /** Share of the variance that they keep. */
  readonly kept: number;
  /** Bin i of the errors holds what is above the edge before it and at most `edges[i]`. */
  readonly edges: readonly number[];
  /** Rows by bin of their error, of rows that the components were not made of. */
  readonly counts: HalvedCounts;
}

/** What spans of time of one length differ by, as `usual` and `usualMissing` of the columns say it of another. */
export interface ReferenceWindows {
  readonly windowMs: number;
  readonly columns: readonly Pick<ReferenceBins, 'column' | 'role' | 'usual' | 'usualMissing'>[];
}

/** Some rows of the training set, for what counts by bin cannot tell: columns together, slices, vectors, texts. */
export interface ReferenceSample {
  /** A Parquet file: the inputs, `tidegate.draw`, and the time of the rows where they have one. */
  readonly rows: Digest;
  /** Rows of the training set. */
  readonly of: number;
  /** Column with the time; null when there is none. */
  readonly time: string | null;
  /** From the first to the last moment of the training set, in milliseconds; null without one. */
  readonly spanMs: number | null;
}

/**
 * What a model's inputs and predictions looked like before it went live: all that drift is judged against, without the training set.
 * Specification: docs/reference/formats/drift-reference.md.
 */
export interface DriftReference {
  readonly format: 'tidegate.drift-reference/1';
  readonly modelVersion: Digest;
  /** The set that inputs are counted in; null when it is not known what the model was trained on: then there are none. */
  readonly trainedOn: Digest | null;
  /** The predictions of the gate's test set that `prediction` is counted in; null when they are no longer kept. */
  readonly predictions: Digest | null;
  /** The spans of time, one after another from the first row on, that `usual` is about: their length in milliseconds. */
  readonly windowMs: number;
  readonly columns: readonly ReferenceColumn[];
  /** Null where inputs have nothing in common; left out by versions of Tidegate that did not look. */
  readonly reconstruction?: ReconstructionReference | null;
  /** What is usual in windows of other lengths; left out where the reference was made by a monitor. */
  readonly windows?: readonly ReferenceWindows[];
  /** Left out where the reference was made by a monitor and not by a run: then the rows of the training set are read. */
  readonly sample?: ReferenceSample;
}
