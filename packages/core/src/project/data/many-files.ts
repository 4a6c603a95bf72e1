import { keepHeapSmall } from '../../platform/index.ts';

/** From so many files on their names, digests and stats fill memory. */
const manyFiles = 20_000;

/** For who is about to go through all files of a dataset. */
export function expectFiles(count: number): void {
  if (count > manyFiles) keepHeapSmall();
}
