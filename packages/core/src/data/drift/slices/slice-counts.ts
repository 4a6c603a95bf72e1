import type { SlicedColumn } from './sliced-columns.ts';

/** Rows in slices that do not overlap: those with each bin of one column, or with each pair of bins of two; or all rows. */
export interface Slicing {
  readonly columns: readonly SlicedColumn[];
  /** By row. */
  readonly places: Uint16Array;
  readonly slices: number;
}

/** Rows by slice, sample with its half, and bin of a feature, with the sum of their outcomes. */
export interface SliceCounts {
  readonly rows: Float64Array;
  readonly outcomes: Float64Array;
  readonly known: Float64Array;
  readonly bins: number;
}

export function slicingBy(columns: readonly SlicedColumn[], rows: number): Slicing {
  const places = new Uint16Array(rows);
  let slices = 1;
  for (const { bins, names } of columns) {
    for (let row = 0; row < rows; row++) places[row] = (places[row] ?? 0) * names.length + (bins[row] ?? 0);
    slices *= names.length;
  }
  return { columns, places, slices };
}

/** What the rows of a slice have in common. */
export function sliceName({ columns }: Slicing, slice: number): readonly { readonly column: string; readonly value: string }[] {
  let rest = slice;
  return columns
    .toReversed()
    .map(({ name, names }) => {
      const value = names[rest % names.length] ?? '';
      rest = Math.floor(rest / names.length);
      return { column: name, value };
    })
    .toReversed();
}

export interface SampledOutcomes {
  /** Rows of the reference, which come first. */
  readonly referenceRows: number;
  /** By row; NaN where it is not known. Null without an outcome. */
  readonly outcomes: Float64Array | null;
}

/** The samples are 0 and 1 for the halves of the reference, 2 and 3 for those of the current rows. */
export function countSlices({ places, slices }: Slicing, feature: SlicedColumn, { referenceRows, outcomes }: SampledOutcomes): SliceCounts {
  const bins = feature.names.length;
  const size = slices * 4 * bins;
  const counts = { rows: new Float64Array(size), outcomes: new Float64Array(size), known: new Float64Array(size), bins };
  for (let row = 0; row < places.length; row++) {
    const sample = row < referenceRows ? row % 2 : 2 + ((row - referenceRows) % 2);
    const cell = ((places[row] ?? 0) * 4 + sample) * bins + (feature.bins[row] ?? 0);
    counts.rows[cell] = (counts.rows[cell] ?? 0) + 1;
    const outcome = outcomes?.[row] ?? Number.NaN;
    if (Number.isNaN(outcome)) continue;
    counts.outcomes[cell] = (counts.outcomes[cell] ?? 0) + outcome;
    counts.known[cell] = (counts.known[cell] ?? 0) + 1;
  }
  return counts;
}

/** The numbers of one slice and sample by bin. */
export function binsOf(values: Float64Array, bins: number, slice: number, sample: number): readonly number[] {
  const start = (slice * 4 + sample) * bins;
  return Array.from(values.subarray(start, start + bins));
}
