import type { DatasetVersion, Digest } from '@tidegate/formats';
import type { LeftOut } from '../../../config/index.ts';
import type { LeftOutRows } from '../../../data/index.ts';
import type { AddOptions } from '../add-dataset.ts';

export interface AddOntoOptions extends AddOptions {
  /** As `versionOrPinned` reads it. */
  readonly version: string | null;
  /** Files, or folders whose files are meant; absolute. */
  readonly from: readonly string[];
  /** The folder that they get in the version, relative to the project. Default: where they lie, when the dataset has its files there, else its first folder. */
  readonly at: string | null;
  /** Paths that are taken out first: files, or folders with all that is in them. Of a table: partitions. */
  readonly remove: readonly string[];
  /** Of a table: whether partitions of which rows go in have only these afterwards; else a row takes the place of the one with its key. */
  readonly replace: boolean;
}

interface MadeOnto {
  readonly dataset: string;
  /** The version that it is made of. */
  readonly onto: Digest;
  readonly tree: Digest;
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  /** Whether it is another tree than before. */
  readonly isNew: boolean;
  /** What was added before and is in no version, and not in this either, for it was not added onto that version; null = nothing. */
  readonly instead: { readonly onto: Digest | null; readonly files: number } | null;
}

/** What files a version made of another one has otherwise. */
export interface AddedFilesOnto extends MadeOnto {
  readonly unit: 'file';
  readonly put: readonly string[];
  /** Paths that were there, and are others now or are gone. */
  readonly gone: readonly string[];
  /** What is in partitions that `keep` leaves out; null = nothing. */
  readonly leftOut: LeftOut | null;
}

/** What rows it has otherwise. */
export interface AddedRowsOnto extends MadeOnto {
  readonly unit: 'row';
  /** Rows that went in. */
  readonly put: number;
  /** Rows that did not, for they were forgotten. */
  readonly forgotten: number;
  /** Rows that the version had. */
  readonly before: number;
  /** Partitions of which something is different; none for a table without. */
  readonly partitions: readonly string[];
  /** Rows of partitions that `keep` leaves out; null = none. */
  readonly leftOut: LeftOutRows | null;
}

/** What a version made of another one without reading the rest of it has otherwise. */
export type AddedOnto = AddedFilesOnto | AddedRowsOnto;

/** What the next version is made of: a version, or what was added onto it already. */
export interface Base extends Pick<DatasetVersion, 'tree' | 'files' | 'bytes' | 'rows' | 'fileFormat' | 'columns'> {
  readonly version: Digest;
}

export interface FileEdits extends Omit<AddOntoOptions, 'version'> {
  readonly dataset: string;
  readonly base: Base;
}

/** A file that goes in. */
export interface FileToAdd {
  /** Where it lies, absolute. */
  readonly from: string;
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable: boolean;
}
