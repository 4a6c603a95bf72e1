import { failure } from '@tidegate/formats';

/** The error that says why a model cannot be signed, or why its signature does not count. */
export function refused(root: string, why: string, cause?: unknown): Error {
  return failure(
    'TG-MODELS-SIGNATURE',
    `Cannot trust the signature of "${root}": ${why}`,
    'Get the model, its signature and the key from whoever signed it, each by its own way, and verify again',
    cause,
  );
}
