import { type Diagnostic, errorEntry, TidegateError } from '@tidegate/formats';

export interface RefusedDataset {
  readonly dataset: string;
  readonly errors: readonly [Diagnostic, ...Diagnostic[]];
}

export interface EachDataset<T> {
  readonly done: readonly T[];
  /** Those of which it could not be done. */
  readonly refused: readonly RefusedDataset[];
}

/** Does the same with one dataset after another; what is wrong with one keeps none of the others. @throws what is wrong when nothing could be done, or what is no fault of a dataset */
export async function eachDataset<T>(
  names: readonly string[],
  signal: AbortSignal,
  work: (name: string) => Promise<T>,
): Promise<EachDataset<T>> {
  const [done, refused]: [T[], RefusedDataset[]] = [[], []];
  for (const dataset of names)
    try {
      done.push(await work(dataset));
    } catch (error) {
      if (!(error instanceof TidegateError) || signal.aborted) throw error;
      refused.push({ dataset, errors: error.diagnostics });
    }
  if (done.length === 0) throwRefused(refused);
  return { done, refused };
}

/** @throws all that is wrong, if anything is */
export function throwRefused(refused: readonly RefusedDataset[]): void {
  const [first, ...rest] = refused.flatMap(({ errors }) => errors);
  if (first !== undefined) throw new TidegateError([first, ...rest]);
}

/** The exit code of what is wrong; 0 for nothing. */
export function exitOfRefused(refused: readonly RefusedDataset[]): number {
  return Math.max(0, ...refused.flatMap(({ errors }) => errors.map(({ code }) => errorEntry(code).exit)));
}
