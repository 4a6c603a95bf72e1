/** An expected outcome as a value: either what was asked for, or a failure that the caller is to handle. */
export type Result<T, F> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed<F>(failure: F): { readonly ok: false; readonly failure: F } {
  return { ok: false, failure };
}

/** Guards an exhaustive switch: reaching it is a bug of Tidegate. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable case ${JSON.stringify(value)}: please report this`);
}

/** States something that only a bug of Tidegate can break. */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${statement}: please report this`);
}
