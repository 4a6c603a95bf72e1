/** Points in a space of `width` dimensions, one after another: those of point p begin at p * width. */
export interface Points {
  readonly values: Float64Array;
  readonly width: number;
}

export function countOf({ values, width }: Points): number {
  return width === 0 ? 0 : values.length / width;
}

/** Points of both, those of the second after those of the first. */
export function joined(first: Points, second: Points): Points {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { values, width: first.width };
}
