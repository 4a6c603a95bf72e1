import { failure } from '@tidegate/formats';

/** An archive that is not read any further, and why: nothing of it counts. */
export function refusedArchive(file: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-STORE-BUNDLE',
    `Cannot read the bundle "${file}": ${found}`,
    'Make it again with "tidegate store export", and carry it over whole; do not trust where this one came from',
    cause,
  );
}
